package privacy

import (
	"fmt"
	"strings"

	"cobrowse-connector/cobrowse"
)

// sensitiveNames are parts of a field's name or id that say what it holds, in the languages of the default guards.
var sensitiveNames = []string{
	"password", "passwd", "senha", "cardnum", "card-num", "card_num", "ccnum", "cc-num", "cc_num", "creditcard", "credit-card",
	"credit_card", "cvv", "cvc", "securitycode", "security-code", "security_code", "iban", "cpf", "ssn", "social-security",
	"socialsecurity", "social_security",
}

// programs are the endings of files that run when they are opened, or hold such.
var programs = strings.Fields("exe msi msix msp com scr pif cpl bat cmd ps1 psm1 vbs vbe js jse ws wsf wsh hta lnk url reg inf chm jar jnlp " +
	"app command dmg pkg deb rpm appimage run sh desktop apk ipa xpi crx iso img vhd vhdx docm xlsm pptm")

// Defaults is the policy of a company that has not said anything: secrets and what has no text are hidden, and buttons that
// bind the customer are the customer's.
func Defaults() cobrowse.Policy {
	p := cobrowse.Policy{PII: append([]string{}, Classes...), Rights: append([]cobrowse.Right{}, cobrowse.AllAgentRights...)}
	p.Masks = []cobrowse.MaskRule{
		{ID: "password", Selector: `input[type=password],input[autocomplete~="current-password"],input[autocomplete~="new-password"],input[autocomplete~="one-time-code"]`},
		{ID: "card-fields", Selector: `input[autocomplete*="cc-"],select[autocomplete*="cc-"]`},
		{ID: "sensitive-fields", Selector: sensitiveFields()},
		{ID: "canvas", Selector: "canvas"},
		{ID: "plugins", Selector: "object,embed"},
		{ID: "video", Selector: "video"},
		{ID: "uploads", Selector: `img[src^="blob:"],img[src^="data:"]`},
	}
	p.RefusedFiles = append([]string{}, programs...)
	for _, language := range reservedNames {
		for i, name := range language.names {
			p.Guards = append(p.Guards, cobrowse.GuardRule{ID: fmt.Sprintf("reserved-%s-%02d", language.language, i+1), Name: name})
		}
	}
	for _, host := range paymentFrames {
		p.Guards = append(p.Guards, cobrowse.GuardRule{ID: "payment-" + strings.TrimPrefix(host, "*."), Frame: host})
	}
	return p
}

func sensitiveFields() string {
	var parts []string
	for _, name := range sensitiveNames {
		parts = append(parts, fmt.Sprintf(`input:is([name*="%s" i],[id*="%s" i])`, name, name))
	}
	return strings.Join(parts, ",")
}

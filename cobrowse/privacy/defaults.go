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

// reservedNames are what buttons that bind a customer are called.
var reservedNames = []string{
	// en
	"buy now", "buy it now", "place order", "place your order", "submit order", "complete order", "complete purchase",
	"confirm order", "confirm purchase", "confirm payment", "confirm and pay", "make payment", "pay", "purchase", "i agree", "i accept",
	"accept and continue", "agree and continue", "sign contract", "sign and submit", "subscribe now", "donate", "transfer money", "delete account",
	// pt
	"comprar agora", "finalizar compra", "finalizar pedido", "confirmar pedido", "confirmar compra", "confirmar pagamento", "fechar pedido",
	"pagar", "eu aceito", "aceito os termos", "concordo", "li e aceito", "assinar contrato", "excluir conta",
	// es
	"comprar ahora", "comprar ya", "realizar pedido", "hacer pedido", "tramitar pedido", "finalizar la compra", "confirmar la compra",
	"confirmar pago", "estoy de acuerdo", "acepto", "eliminar cuenta",
	// fr
	"acheter", "acheter maintenant", "passer la commande", "passer commande", "valider la commande", "confirmer la commande", "commander",
	"payer", "j'accepte", "je suis d'accord", "supprimer mon compte",
	// de
	"jetzt kaufen", "kaufen", "zahlungspflichtig bestellen", "kostenpflichtig bestellen", "jetzt bestellen", "bestellung abschicken",
	"bestellung aufgeben", "jetzt bezahlen", "bezahlen", "ich stimme zu", "ich akzeptiere", "konto loschen",
}

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
	for i, name := range reservedNames {
		p.Guards = append(p.Guards, cobrowse.GuardRule{ID: fmt.Sprintf("reserved-%02d", i), Name: name})
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

package company

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the machine may have none

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/live"

	"golang.org/x/text/language"
)

// Settings are what a company decides about itself; all of it may be shown to its administrators.
type Settings struct {
	Slug        string             `json:"slug"` // names the company in addresses
	Name        string             `json:"name"`
	Color       string             `json:"color,omitempty"`       // "#rrggbb"
	LogoURL     string             `json:"logoUrl,omitempty"`     // https, or a path of this service
	Languages   []string           `json:"languages"`             // best first; the first is the fallback
	ConsentText map[string]string  `json:"consentText,omitempty"` // by language; a missing one means the product's own text
	TimeZone    string             `json:"timeZone,omitempty"`    // of the times in transcripts, an IANA name; "" means UTC
	Recording   live.RecordingMode `json:"recording"`
	StartURL    string             `json:"startUrl"`
	Origins     []string           `json:"origins"` // of the desk's pages that may embed the agent's widget
	Policy      cobrowse.Policy    `json:"policy"`  // beyond the product's defaults
	DeskKind    string             `json:"deskKind"`
	DeskURL     string             `json:"deskUrl,omitempty"`
	// PlayerURL is the desk's page that lets people into the player with a signed launch, with {session} in it. Entries link to
	// it; without one they link to the player itself, which lets people in who sign in with Entra ID, and otherwise nobody without a launch.
	PlayerURL string `json:"playerUrl,omitempty"`
	// Entra lets people in whom Entra ID signs in, besides those whom the desk's launches vouch for. Nil: only the latter.
	Entra *Entra `json:"entra,omitempty"`
}

var (
	slugs  = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`)
	colors = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
)

// Validate tells an administrator the first thing that is wrong, in a sentence.
func (s *Settings) Validate() error {
	for _, check := range []func(*Settings) error{checkIdentity, checkLanguages, checkTimeZone, checkAddresses, checkEntra, checkPolicy} {
		if err := check(s); err != nil {
			return err
		}
	}
	return nil
}

func wrong(format string, args ...any) error {
	return cobrowse.Errorf(cobrowse.CodeInvalid, "company_invalid", format, args...)
}

func checkIdentity(s *Settings) error {
	switch {
	case !slugs.MatchString(s.Slug):
		return wrong("slug %q must be 1 to 63 lower-case letters, digits and inner hyphens", s.Slug)
	case strings.TrimSpace(s.Name) == "" || len(s.Name) > 100:
		return wrong("company %s needs a name of at most 100 bytes", s.Slug)
	case s.Color != "" && !colors.MatchString(s.Color):
		return wrong("company %s: color %q must look like #0a7d4b", s.Slug, s.Color)
	case s.DeskKind == "":
		return wrong("company %s: deskKind is missing (dynamics, generic)", s.Slug)
	}
	switch s.Recording {
	case live.RecordingOff, live.RecordingOn, live.RecordingAsk:
		return nil
	}
	return wrong("company %s: recording %q must be off, on or ask", s.Slug, s.Recording)
}

func checkLanguages(s *Settings) error {
	if len(s.Languages) == 0 {
		return wrong("company %s needs at least one language", s.Slug)
	}
	for _, l := range slices.Concat(s.Languages, slices.Collect(maps.Keys(s.ConsentText))) {
		if _, err := language.Parse(l); err != nil {
			return wrong("company %s: %q is no language tag (en, pt-BR)", s.Slug, l)
		}
	}
	for l, text := range s.ConsentText {
		if len(text) > 2000 {
			return wrong("company %s: the consent text for %s is longer than 2000 bytes", s.Slug, l)
		}
	}
	return nil
}

func checkTimeZone(s *Settings) error {
	if _, err := time.LoadLocation(s.TimeZone); err != nil || s.TimeZone == "Local" {
		return wrong("company %s: timeZone %q is no IANA name of a time zone (America/Sao_Paulo, Europe/Lisbon)", s.Slug, s.TimeZone)
	}
	return nil
}

// Location is the company's time zone.
func (s *Settings) Location() *time.Location {
	if zone, err := time.LoadLocation(s.TimeZone); err == nil {
		return zone
	}
	return time.UTC
}

func checkAddresses(s *Settings) error {
	if !isWebURL(s.StartURL) {
		return wrong("company %s: startUrl must be an http or https address", s.Slug)
	}
	ownPath := strings.HasPrefix(s.LogoURL, "/") && !strings.HasPrefix(s.LogoURL, "//")
	if s.LogoURL != "" && !isWebURL(s.LogoURL) && !ownPath {
		return wrong("company %s: logoUrl must be an http or https address, or a path", s.Slug)
	}
	if s.DeskURL != "" && !isWebURL(s.DeskURL) {
		return wrong("company %s: deskUrl must be an http or https address", s.Slug)
	}
	if s.PlayerURL != "" && (len(s.PlayerURL) > 400 || strings.Count(s.PlayerURL, playerSession) != 1 || !isWebURL(s.PlayerLink("", "0"))) {
		return wrong("company %s: playerUrl must be an http or https address of at most 400 bytes with {session} in it once", s.Slug)
	}
	for _, o := range s.Origins {
		if !isOrigin(o) {
			return wrong("company %s: %q is no origin; write it like https://desk.example", s.Slug, o)
		}
	}
	return nil
}

func checkPolicy(s *Settings) error { return ValidatePolicy(s.Policy) }

// isOrigin tells whether s is exactly what a browser would send as Origin: scheme, host and port, nothing else. It goes into
// headers as it is.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.Hostname() == "" {
		return false
	}
	return s == u.Scheme+"://"+u.Host && s == strings.ToLower(s) && !strings.ContainsAny(u.Host, "*;, '\"")
}

func isWebURL(s string) bool {
	u, err := cobrowse.WebAddress(s)
	return err == nil && u.User == nil
}

const playerSession = "{session}"

// PlayerLink is where an entry about a recorded session leads; service is this service's address.
func (s *Settings) PlayerLink(service, session string) string {
	if s.PlayerURL == "" && s.Entra != nil {
		return service + "/watch/" + session + "?company=" + s.Slug // which says where to sign in
	}
	if s.PlayerURL == "" {
		return service + "/watch/" + session
	}
	return strings.Replace(s.PlayerURL, playerSession, url.QueryEscape(session), 1)
}

// View is the company as people's pages may see it.
func (s *Settings) View() live.CompanyView {
	texts := s.ConsentText
	if texts == nil {
		texts = map[string]string{}
	}
	return live.CompanyView{
		Slug: s.Slug, Name: s.Name, Color: s.Color, LogoURL: s.LogoURL, Languages: s.Languages,
		ConsentText: texts, Recording: s.Recording, StartURL: s.StartURL, MayReveal: s.Policy.MayReveal,
	}
}

// Effective is the policy a session runs under: the product's defaults and the company's own rules. A company's rule with the
// id of a default replaces it; its PII classes, rights and refused files, when given at all, stand instead of the default ones.
func Effective(defaults, own cobrowse.Policy) cobrowse.Policy {
	p := cobrowse.Policy{
		Masks:   merge(defaults.Masks, own.Masks, func(m cobrowse.MaskRule) string { return m.ID }),
		Guards:  merge(defaults.Guards, own.Guards, func(g cobrowse.GuardRule) string { return g.ID }),
		PII:     defaults.PII,
		Allow:   slices.Concat(defaults.Allow, own.Allow),
		Block:   slices.Concat(defaults.Block, own.Block),
		Ports:   slices.Concat(defaults.Ports, own.Ports),
		Private: slices.Concat(defaults.Private, own.Private),
		Rights:  defaults.Rights,

		Patterns: merge(defaults.Patterns, own.Patterns, func(p cobrowse.Pattern) string { return p.ID }),
		Modes:    slices.Concat(defaults.Modes, own.Modes),
		Pauses:   merge(defaults.Pauses, own.Pauses, func(p cobrowse.PageRule) string { return p.ID }),
		Requests: merge(defaults.Requests, own.Requests, func(r cobrowse.RequestRule) string { return r.ID }),

		FieldsOnly: defaults.FieldsOnly || own.FieldsOnly,
		HideLinks:  defaults.HideLinks || own.HideLinks,
		MayReveal:  defaults.MayReveal || own.MayReveal,
		HideTyping: defaults.HideTyping || own.HideTyping,

		RefusedFiles:       defaults.RefusedFiles,
		AgentSeesFileNames: defaults.AgentSeesFileNames || own.AgentSeesFileNames,
		MaxTabs:            cmp.Or(own.MaxTabs, defaults.MaxTabs),
		MobileAgent:        cmp.Or(own.MobileAgent, defaults.MobileAgent),
	}
	if own.RefusedFiles != nil {
		p.RefusedFiles = own.RefusedFiles
	}
	if own.PII != nil {
		p.PII = own.PII
	}
	if own.Rights != nil {
		p.Rights = own.Rights
	}
	if p.Rights == nil {
		p.Rights = cobrowse.AllAgentRights
	}
	return p
}

func merge[T any](defaults, own []T, id func(T) string) []T {
	out := make([]T, 0, len(defaults)+len(own))
	for _, d := range defaults {
		if !slices.ContainsFunc(own, func(o T) bool { return id(o) == id(d) }) {
			out = append(out, d)
		}
	}
	return append(out, own...)
}

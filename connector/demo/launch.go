package demo

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// launchLife is short: a launch is used at once by the frame that it was made for.
const launchLife = 2 * time.Minute

// claims of a signed launch, see docs/protocol.md. Case and customer are not in it: the product reads them from the desk.
type claims struct {
	jwt.Claims
	Company      string `json:"company"`
	Agent        Person `json:"agent"`
	Conversation string `json:"conversation,omitempty"`
	Channel      string `json:"channel,omitempty"`
	Origin       string `json:"origin"`
	Session      string `json:"session,omitempty"`
}

type signer struct{ jose.Signer }

func newSigner(c DeskConfig) (signer, error) {
	key := jose.SigningKey{Algorithm: jose.HS256, Key: c.Secret}
	options := (&jose.SignerOptions{}).WithType("cobrowse-launch+jwt").WithHeader("kid", c.KeyID)
	s, err := jose.NewSigner(key, options)
	if err != nil {
		return signer{}, fmt.Errorf("demo: desk key: %w", err)
	}
	return signer{s}, nil
}

// signed completes and signs a launch for the person; r tells which origin the desk has when none is configured.
func (d *desk) signed(r *http.Request, p Person, c claims) (string, error) {
	now := time.Now()
	c.Claims = jwt.Claims{
		Issuer:   d.KeyID,
		Audience: jwt.Audience{d.Service},
		IssuedAt: jwt.NewNumericDate(now),
		Expiry:   jwt.NewNumericDate(now.Add(launchLife)),
		ID:       rand.Text(),
	}
	c.Company, c.Agent, c.Origin = d.Company, p, d.Origin
	if c.Origin == "" {
		c.Origin = "http://" + r.Host
	}
	return jwt.Signed(d.sign).Claims(c).Serialize()
}

// launch signs for the desk's page: POST {conversation, role}.
func (d *desk) launch(w http.ResponseWriter, r *http.Request) {
	var in struct{ Conversation, Role string }
	if !read(w, r, &in) {
		return
	}
	if in.Role == "" {
		in.Role = RoleAgent
	}
	person := d.person(in.Role)
	if person == nil {
		http.Error(w, "nobody at this desk has that role", http.StatusForbidden)
		return
	}
	c, err := d.conversation(r.Context(), in.Conversation)
	if err != nil {
		fail(w, err)
		return
	}
	launch, err := d.signed(r, *person, claims{Conversation: c.ID, Channel: c.Channel})
	if err != nil {
		http.Error(w, "the launch could not be signed", http.StatusInternalServerError)
		return
	}
	answer(w, map[string]string{"launch": launch})
}

var sessionID = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)

// watch opens the product's player as the supervisor. The launch travels in the fragment, so no server's log has it.
func (d *desk) watch(w http.ResponseWriter, r *http.Request) {
	session := r.URL.Query().Get("session")
	if !sessionID.MatchString(session) {
		http.Error(w, "this link names no session", http.StatusBadRequest)
		return
	}
	launch, err := d.signed(r, *d.person(RoleSupervisor), claims{Session: session})
	if err != nil {
		http.Error(w, "the launch could not be signed", http.StatusInternalServerError)
		return
	}
	d.enter(w, "/watch/"+url.PathEscape(session), launch)
}

// console opens the product's console as the administrator.
func (d *desk) console(w http.ResponseWriter, r *http.Request) {
	person := d.person(RoleAdministrator)
	if person == nil {
		http.Error(w, "nobody at this desk is an administrator", http.StatusForbidden)
		return
	}
	launch, err := d.signed(r, *person, claims{})
	if err != nil {
		http.Error(w, "the launch could not be signed", http.StatusInternalServerError)
		return
	}
	d.enter(w, "/console", launch)
}

func (d *desk) enter(w http.ResponseWriter, path, launch string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Location", d.Service+path+"#launch="+launch)
	w.WriteHeader(http.StatusSeeOther)
}

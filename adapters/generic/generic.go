// Package generic is the desk for everything without an adapter of its own: it passes sessions on as webhooks, signed as
// Standard Webhooks says, with CloudEvents bodies. The receiver drops repeats by webhook-id, which derives from the session.
//
// There is no CRM to ask here. Which agent has which conversation is therefore the launch's word: the desk's own server signed it
// with the secret it shares with us. What else belongs to the conversation the receiver knows itself.
package generic

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/google/uuid"
	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"cobrowse-connector/adapters/desk"
)

// Types of the events.
const (
	TypeEnded   = "com.cobrowse.session.ended"
	TypeAmended = "com.cobrowse.session.amended"
	TypeCheck   = "com.cobrowse.check" // to be answered with a 2xx and ignored
)

const (
	requestTimeout = 30 * time.Second
	minSecret      = 24 // bytes, as Standard Webhooks asks for
)

// Config is one receiver.
type Config struct {
	URL    string // where events are posted; https, or http to an allowed private network
	Secret string // whsec_ and Base64 of at least 24 bytes
	Source string // the service's public address: the events' source
	// Private are networks that a receiver may be in besides the public ones.
	Private []netip.Prefix
}

// Desk is a receiver of webhooks.
type Desk struct {
	cfg    Config
	signer *webhooks.Webhook
	client *http.Client
}

var _ desk.Desk = (*Desk)(nil)

// New checks the configuration; it sends nothing.
func New(cfg Config) (*Desk, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && (u.Scheme != "http" || len(cfg.Private) == 0)) {
		return nil, errors.New("generic: the webhook's address looks like https://desk.example/hooks/cobrowse")
	}
	if cfg.Source == "" {
		return nil, errors.New("generic: the events need the service's own address as their source")
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(cfg.Secret, "whsec_"))
	if err != nil || len(key) < minSecret {
		return nil, fmt.Errorf("generic: the webhook's secret is whsec_ and Base64 of at least %d bytes", minSecret)
	}
	signer, err := webhooks.NewWebhookRaw(key)
	if err != nil {
		return nil, errors.New("generic: the webhook's secret is not usable")
	}
	return &Desk{cfg: cfg, signer: signer, client: newClient(cfg.Private)}, nil
}

// newClient refuses private networks at the moment of connecting, whatever a name resolves to by then, and follows no
// redirects.
func newClient(private []netip.Prefix) *http.Client {
	var v4, v6 []netip.Prefix
	for _, p := range private {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	guard := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: guard.Safe}
	return &http.Client{
		Timeout:       requestTimeout,
		Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConns: 10, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Lookup gives back what the launch said: the conversation itself.
func (d *Desk) Lookup(_ context.Context, agent desk.Agent, conversation string) (desk.Record, error) {
	if agent.ID == "" {
		return desk.Record{}, desk.ErrDenied
	}
	if conversation == "" {
		return desk.Record{}, desk.ErrNotFound
	}
	return desk.Record{Conversation: conversation}, nil
}

// PutEntry posts the session's end; what is under way the receiver does not hear of.
func (d *Desk) PutEntry(ctx context.Context, e desk.Entry) error {
	if e.Status == desk.Scheduled || e.Status == desk.Open {
		return nil
	}
	return d.post(ctx, desk.ID(e.Key, "entry"), TypeEnded, e)
}

// AmendEntry posts the new text. Its id derives from the content, so that the same change twice is one.
func (d *Desk) AmendEntry(ctx context.Context, e desk.Entry) error {
	content, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("generic: %w", err)
	}
	sum := sha256.Sum256(content)
	return d.post(ctx, desk.ID(e.Key, "amend/"+hex.EncodeToString(sum[:])), TypeAmended, e)
}

// Rehome has nothing to do: which record a conversation belongs to the receiver knows itself.
func (d *Desk) Rehome(context.Context, desk.Entry) error { return nil }

// Organisation is the receiver's address.
func (d *Desk) Organisation() string { return d.cfg.URL }

// PutFile takes no files: the entry's link to the player stands for them.
func (d *Desk) PutFile(context.Context, desk.File) error {
	return fmt.Errorf("%w: a webhook carries links only", desk.ErrTypeRefused)
}

// Check posts an event that the receiver answers and ignores.
func (d *Desk) Check(ctx context.Context) error {
	return d.post(ctx, uuid.NewString(), TypeCheck, desk.Entry{Ended: time.Now()})
}

func (d *Desk) post(ctx context.Context, id, kind string, e desk.Entry) error {
	body, err := d.encode(id, kind, e)
	if err != nil {
		return err
	}
	now := time.Now()
	signature, err := d.signer.Sign(id, now, body)
	if err != nil {
		return fmt.Errorf("generic: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("generic: %w", err)
	}
	r.Header.Set("Content-Type", event.ApplicationCloudEventsJSON)
	r.Header.Set(webhooks.HeaderWebhookID, id)
	r.Header.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(now.Unix(), 10))
	r.Header.Set(webhooks.HeaderWebhookSignature, signature)
	answer, err := d.client.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &desk.Transient{Err: errors.New("the receiver does not answer or is in a network that is not allowed")}
	}
	defer answer.Body.Close()
	_, _ = io.CopyN(io.Discard, answer.Body, 64<<10) // lets the connection be used again; its content means nothing
	return outcome(answer)
}

// encode makes the CloudEvent. A repeat has the same bytes: its time is the session's end and not that of the attempt.
func (d *Desk) encode(id, kind string, e desk.Entry) ([]byte, error) {
	ev := event.New()
	ev.SetID(id)
	ev.SetType(kind)
	ev.SetSource(d.cfg.Source)
	ev.SetTime(e.Ended)
	if e.Key != "" {
		ev.SetSubject(e.Key)
	}
	if e.Transcript != nil { // it is in the event: nobody refuses it
		e.Transcript = &desk.Transcript{Name: e.Transcript.Name, Text: e.Transcript.Text}
	}
	if err := ev.SetData(event.ApplicationJSON, e); err != nil {
		return nil, fmt.Errorf("generic: %w", err)
	}
	body, err := json.Marshal(ev)
	if err != nil {
		return nil, fmt.Errorf("generic: %w", err)
	}
	return body, nil
}

// outcome reads an answer as Standard Webhooks says: 2xx is taken, 410 wants no more, everything else is tried again.
func outcome(r *http.Response) error {
	err := fmt.Errorf("the receiver answered %d", r.StatusCode)
	switch {
	case r.StatusCode >= 200 && r.StatusCode < 300:
		return nil
	case r.StatusCode == http.StatusGone:
		return &desk.Permanent{Err: err, Advice: "the receiver wants no more events: remove the webhook or ask its owner"}
	case r.StatusCode == http.StatusUnauthorized || r.StatusCode == http.StatusForbidden:
		return fmt.Errorf("%w: %w", desk.ErrDenied, err)
	}
	return &desk.Transient{After: desk.RetryAfter(r.Header, time.Now()), Err: err}
}

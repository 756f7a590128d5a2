package dynamics

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	abs "github.com/microsoft/kiota-abstractions-go"
	azauth "github.com/microsoft/kiota-authentication-azure-go"
	khttp "github.com/microsoft/kiota-http-go"

	"cobrowse-connector/adapters/desk"
)

const (
	requestTimeout = 100 * time.Second
	maxAnswer      = 64 << 20
	jsonType       = "application/json; charset=utf-8"
)

// client sends requests through kiota. Where kiota's defaults are unsafe for us, this is how they are kept out:
//
//   - The middleware is named here, one by one: the default list comes in random order and compresses bodies.
//   - No retry handler: it would sleep for minutes on a worker's slot and leaks bodies. Retry-After goes up to the outbox.
//   - Answers are taken raw through a ResponseHandler: kiota loses the bodies of unmapped errors and the headers of empty
//     answers, and it takes a redirect for success. do asserts the status that each call expects instead.
//   - Content-Length is set on every body, else kiota sends it chunked.
//   - guard refuses a request that kiota would send without a token, which it does silently for hosts it was not told of.
//   - Files are not handed to kiota, which holds bodies in memory: bodies puts them into the request.
type client struct {
	adapter *khttp.NetHttpRequestAdapter
	base    string
	budget  *budget
	lane    *lane
}

func newClient(org *url.URL, cred azcore.TokenCredential, transport http.RoundTripper, budgets *Budgets) (*client, error) {
	// Tokens are for the organisation's main address, also when its api. address is configured.
	scope := (&url.URL{Scheme: org.Scheme, Host: strings.Replace(org.Host, ".api.", ".", 1)}).String() + "/.default"
	auth, err := azauth.NewAzureIdentityAuthenticationProviderWithScopesAndValidHosts(cred, []string{scope}, []string{org.Hostname()})
	if err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	agent := khttp.NewUserAgentHandlerOptions()
	agent.ProductName, agent.ProductVersion = "cobrowse-connector", "1"
	hc := &http.Client{
		Transport:     khttp.NewCustomTransportWithParentTransport(transport, khttp.NewUserAgentHandlerWithOptions(agent), bodies{}, guard{}),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	adapter, err := khttp.NewNetHttpRequestAdapterWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(auth, nil, nil, hc)
	if err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	base := org.Scheme + "://" + org.Host + "/api/data/v9.2"
	adapter.SetBaseUrl(base)
	b := budgets.get(organisationOf(base))
	return &client{adapter: adapter, base: base, budget: b, lane: b.lookups}, nil
}

// forDeliveries is the client for what nobody waits for.
func (c *client) forDeliveries() *client {
	d := *c
	d.lane = c.budget.deliveries
	return &d
}

// guard is the last middleware: nothing leaves without a token.
type guard struct{}

func (guard) Intercept(p khttp.Pipeline, next int, r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") || len(r.Header.Get("Authorization")) < len("Bearer x") {
		return nil, errNoToken
	}
	return p.Next(r, next)
}

var errNoToken = errors.New("dynamics: the request has no token")

// call is one request.
type call struct {
	method abs.HttpMethod
	path   string // after the service's address, already escaped
	query  url.Values
	agent  string // on whose behalf: an Entra object id; "" for the application itself
	header map[string]string
	kind   string // content type of body
	body   []byte
	file   *fileBody // in place of kind and body
	expect []int     // the statuses that mean success
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a call and returns its answer if it has one of the expected statuses, else an error of package desk or errExists.
func (c *client) do(ctx context.Context, k call) (*answer, error) {
	a, err := c.send(ctx, k)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(k.expect, a.status) {
		return nil, a.failure()
	}
	return a, nil
}

// send sends a call when it is its turn and returns whatever comes back.
func (c *client) send(ctx context.Context, k call) (*answer, error) {
	done, err := c.budget.take(ctx, c.lane)
	if err != nil {
		return nil, err
	}
	defer done()
	a, err := c.exchange(ctx, k)
	if err == nil && a.status == http.StatusTooManyRequests {
		c.budget.stop(desk.RetryAfter(a.header, time.Now()))
	}
	return a, err
}

func (c *client) exchange(ctx context.Context, k call) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	ri, err := c.requestInformation(k)
	if err != nil {
		return nil, err
	}
	var out *answer
	raw := abs.NewRequestHandlerOption()
	raw.SetResponseHandler(func(response any, _ abs.ErrorMappings) (any, error) {
		var err error
		out, err = readAnswer(response.(*http.Response))
		return nil, err
	})
	ri.AddRequestOptions([]abs.RequestOption{raw})
	if _, err := c.adapter.SendPrimitive(ctx, ri, "[]byte", nil); err != nil {
		return nil, unreachable(err)
	}
	return out, nil
}

func (c *client) requestInformation(k call) (*abs.RequestInformation, error) {
	u, err := url.Parse(c.base + "/" + k.path)
	if err != nil {
		return nil, fmt.Errorf("dynamics: %w", err)
	}
	u.RawQuery = strings.ReplaceAll(k.query.Encode(), "+", "%20") // OData reads no plus as a blank
	ri := abs.NewRequestInformation()
	ri.Method = k.method
	ri.SetUri(*u)
	ri.Headers.Add("Accept", "application/json")
	ri.Headers.Add("OData-Version", "4.0")
	ri.Headers.Add("OData-MaxVersion", "4.0")
	if k.agent != "" {
		ri.Headers.Add("CallerObjectId", k.agent)
	}
	for name, value := range k.header {
		ri.Headers.Add(name, value)
	}
	if k.body != nil {
		ri.SetStreamContentAndContentType(k.body, k.kind)
		ri.Headers.Add("Content-Length", strconv.Itoa(len(k.body)))
	}
	if k.file != nil {
		ri.Headers.Add("Content-Type", jsonType)
		ri.Headers.Add("Content-Length", strconv.Itoa(k.file.size()))
		ri.AddRequestOptions([]abs.RequestOption{k.file})
	}
	return ri, nil
}

func readAnswer(r *http.Response) (*answer, error) {
	defer r.Body.Close()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	return &answer{r.StatusCode, r.Header, body}, nil
}

// get reads path into out (nil: only that it answers).
func (c *client) get(ctx context.Context, agent, path string, query url.Values, out any) error {
	a, err := c.do(ctx, call{
		method: abs.GET, path: path, query: query, agent: agent, expect: []int{http.StatusOK},
		header: map[string]string{"If-None-Match": "null", "Prefer": `odata.include-annotations="Microsoft.Dynamics.CRM.lookuplogicalname"`},
	})
	if err != nil || out == nil {
		return err
	}
	return a.decode(out)
}

func (a *answer) decode(out any) error {
	if err := json.NewDecoder(bytes.NewReader(a.body)).Decode(out); err != nil {
		return errors.New("dynamics: the organisation's answer is not the JSON it should be")
	}
	return nil
}

// patch changes a record. only is the condition: onlyNew or onlyOld.
func (c *client) patch(ctx context.Context, agent, path, only string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("dynamics: %w", err)
	}
	_, err = c.do(ctx, call{
		method: abs.PATCH, path: path, agent: agent, kind: jsonType, body: text, expect: []int{http.StatusNoContent},
		header: map[string]string{only: "*"},
	})
	return err
}

// Conditions of a write: the header that holds them.
const (
	onlyNew = "If-None-Match" // 412 when the record exists
	onlyOld = "If-Match"      // 404 when it does not
)

// post runs an action.
func (c *client) post(ctx context.Context, agent, action string, body, out any, expect int) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("dynamics: %w", err)
	}
	a, err := c.do(ctx, call{method: abs.POST, path: action, agent: agent, kind: jsonType, body: text, expect: []int{expect}})
	if err != nil || out == nil {
		return err
	}
	return a.decode(out)
}

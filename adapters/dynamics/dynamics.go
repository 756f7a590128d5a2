package dynamics

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"cobrowse-connector/adapters/desk"
)

// DefaultTable is the logical name of the custom activity that the solution brings.
const DefaultTable = "cob_cobrowsesession"

// Columns of the custom activity besides those that every activity has; each stands after the table's prefix, as in
// cob_outcome. The values are their greatest lengths. The solution must define the same.
var Columns = map[string]int{
	"conversationid":  100,
	"outcome":         100,
	"recordingurl":    500,
	"recordingsha256": 64,
}

// Config is one organisation.
type Config struct {
	// URL is the organisation's address, e.g. https://contoso.crm4.dynamics.com. Plain http is taken for this machine only.
	URL string
	// Credential signs the application in; see Credentials and StaticToken.
	Credential azcore.TokenCredential
	// Table is the custom activity's logical name, DefaultTable when empty.
	Table string
	// Transport carries the requests, nil for one of our own.
	Transport http.RoundTripper
	// Budgets keep an organisation's limits over all its desks in this process; nil for a desk that is alone.
	Budgets *Budgets
}

// Desk is one Dynamics organisation.
type Desk struct {
	client *client // for people who wait
	writer *client // for deliveries
	table  string  // logical name of the custom activity
	prefix string  // of the custom activity's columns, with the underscore
	schema cache[*schema]
	limits cache[limits]
	users  users
}

var _ desk.Desk = (*Desk)(nil)

var logicalName = regexp.MustCompile(`^[a-z][a-z0-9]{1,7}_[a-z0-9_]{1,100}$`)

// New checks the configuration. It asks the organisation nothing: names and limits are read when they are first needed, so
// that a service starts while its CRM is down.
func New(cfg Config) (*Desk, error) {
	if cfg.Table == "" {
		cfg.Table = DefaultTable
	}
	if !logicalName.MatchString(cfg.Table) {
		return nil, errors.New("dynamics: the table is not a logical name like " + DefaultTable)
	}
	if cfg.Credential == nil {
		return nil, errors.New("dynamics: no credential")
	}
	base, err := serviceURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	if cfg.Budgets == nil {
		cfg.Budgets = &Budgets{}
	}
	c, err := newClient(base, cfg.Credential, cfg.Transport, cfg.Budgets)
	if err != nil {
		return nil, err
	}
	prefix, _, _ := strings.Cut(cfg.Table, "_")
	return &Desk{
		client: c, writer: c.forDeliveries(), table: cfg.Table, prefix: prefix + "_", schema: newCache[*schema](), limits: newCache[limits](),
	}, nil
}

// serviceURL checks an organisation's address.
func serviceURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || (u.Path != "" && u.Path != "/") {
		return nil, errors.New("dynamics: the address of an organisation looks like https://contoso.crm.dynamics.com")
	}
	local := u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1"
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return nil, errors.New("dynamics: an organisation is reached over https")
	}
	return u, nil
}

// Organisation is the host that the service's limits are counted for.
func (d *Desk) Organisation() string { return organisationOf(d.client.base) }

// Check reads what the desk needs and says what is missing.
func (d *Desk) Check(ctx context.Context) error {
	if err := d.client.get(ctx, "", "WhoAmI", nil, nil); err != nil {
		return err
	}
	if _, err := d.readLimits(ctx); err != nil {
		return err
	}
	s, err := d.readSchema(ctx)
	if err != nil {
		return err
	}
	if s.custom == nil {
		return &desk.Permanent{
			Err:    errors.New("the table " + d.table + " is not installed"),
			Advice: "import the solution; until then sessions are written as phone calls and tasks",
		}
	}
	if missing := s.missing(d.prefix); len(missing) > 0 {
		return &desk.Permanent{
			Err:    errors.New("the table " + d.table + " lacks columns"),
			Advice: "import the newest solution; missing: " + strings.Join(missing, ", "),
		}
	}
	return nil
}

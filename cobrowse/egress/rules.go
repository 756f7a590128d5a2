package egress

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// Reasons of a refusal: what the header X-Cobrowse-Refused says.
const (
	ReasonBlocked = "blocked"     // the host is on the company's block list
	ReasonUnknown = "not_allowed" // the company has an allow list and the host is not on it
	ReasonPrivate = "private"     // the address is not a public one
	ReasonPort    = "port"        // a port that no web page needs
	ReasonAddress = "address"     // not a host:port that means the same to everybody
)

// refusal is an error that ends as a 403.
type refusal struct{ reason string }

func (r *refusal) Error() string { return "egress: refused: " + r.reason }

func refusedBecause(err error) (string, bool) {
	var r *refusal
	if errors.As(err, &r) {
		return r.reason, true
	}
	return "", false
}

// rules are a company's rules in comparable form.
type rules struct {
	allow, block []string
	private      map[string]bool // host:port
	ports        []int           // beside 80 and 443
	guardian     *ssrf.Guardian
}

func newRules(cfg Config) (*rules, error) {
	r := &rules{private: map[string]bool{}, guardian: ssrf.New(ssrf.WithAnyPort(), ssrf.WithDeniedV4Prefixes(cloudHosts...))}
	for _, port := range cfg.Ports {
		if err := CheckPort(port); err != nil {
			return nil, err
		}
		r.ports = append(r.ports, port)
	}
	for _, list := range []struct {
		name string
		from []string
		to   *[]string
	}{{"allow", cfg.Allow, &r.allow}, {"block", cfg.Block, &r.block}} {
		for _, pattern := range list.from {
			p, err := cleanPattern(pattern)
			if err != nil {
				return nil, fmt.Errorf("egress: %s pattern %q: %w", list.name, pattern, err)
			}
			*list.to = append(*list.to, p)
		}
	}
	for _, entry := range cfg.Private {
		host, port, err := splitTarget(entry)
		if err != nil {
			return nil, fmt.Errorf("egress: private entry %q: want host:port", entry)
		}
		r.private[net.JoinHostPort(host, port)] = true
	}
	return r, nil
}

func cleanPattern(p string) (string, error) {
	if p == "*" {
		return p, nil
	}
	rest, sub := strings.CutPrefix(p, "*.")
	host, err := cleanHost(rest)
	if err != nil {
		return "", err
	}
	if sub {
		return "*." + host, nil
	}
	return host, nil
}

// cleanHost brings a host name or literal address to the one form that is compared and dialled. What different parsers
// read differently (127.1, 0x7f000001, 2130706433, zones) is an error.
func cleanHost(host string) (string, error) {
	host = strings.TrimSuffix(host, ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" {
			return "", errors.New("an address with a zone is not accepted")
		}
		return addr.String(), nil
	}
	ascii, err := idna.Lookup.ToASCII(host)
	if err != nil || ascii == "" || len(ascii) > 253 {
		return "", errors.New("not a host name")
	}
	last := ascii[strings.LastIndexByte(ascii, '.')+1:]
	if last == "" || last[0] >= '0' && last[0] <= '9' {
		return "", errors.New("not a host name")
	}
	for _, c := range ascii {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("-._", c) {
			return "", errors.New("not a host name")
		}
	}
	return ascii, nil
}

// splitTarget reads the host:port of a request.
func splitTarget(target string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(target)
	if err != nil {
		return "", "", err
	}
	if host, err = cleanHost(host); err != nil {
		return "", "", err
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return "", "", errors.New("not a port")
	}
	return host, strconv.FormatUint(n, 10), nil
}

func matches(patterns []string, host string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		if sub, ok := strings.CutPrefix(p, "*."); ok {
			return host == sub || strings.HasSuffix(host, "."+sub)
		}
		return p == "*" || p == host
	})
}

// target is a destination that passed the check by name.
type target struct {
	host, port string
	exempt     bool // from the check by address
}

func (t target) addr() string { return net.JoinHostPort(t.host, t.port) }

// check decides by name.
func (r *rules) check(hostport string) (target, error) {
	host, port, err := splitTarget(hostport)
	if err != nil {
		return target{}, &refusal{ReasonAddress}
	}
	t := target{host: host, port: port, exempt: r.private[net.JoinHostPort(host, port)]}
	switch {
	case matches(r.block, host):
		return t, &refusal{ReasonBlocked}
	case t.exempt:
		return t, nil
	case len(r.allow) > 0 && !matches(r.allow, host):
		return t, &refusal{ReasonUnknown}
	case isNowhere(host):
		return t, &refusal{ReasonPrivate}
	case !r.webPort(port):
		return t, &refusal{ReasonPort}
	}
	return t, nil
}

// webPort keeps all services but the web's out of reach.
func (r *rules) webPort(port string) bool {
	n, err := strconv.Atoi(port)
	return err == nil && (n == 80 || n == 443 || slices.Contains(r.ports, n))
}

// cloudHosts have public addresses and answer for a cloud to its own machines only: Azure's wire server.
var cloudHosts = []netip.Prefix{netip.MustParsePrefix("168.63.129.16/32")}

// metadata is where clouds keep credentials for their machines, beside the link-local 169.254.169.254.
var metadata = []netip.Addr{netip.MustParseAddr("168.63.129.16"), netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200")}

// isNowhere tells of names that are nobody's on the public net, whatever a resolver says: the loopback's, and those set aside for local
// networks, under which clouds have their metadata.
func isNowhere(host string) bool {
	return isLocalhost(host) || slices.ContainsFunc([]string{"local", "internal", "home.arpa"}, func(zone string) bool {
		return host == zone || strings.HasSuffix(host, "."+zone)
	})
}

func isLocalhost(host string) bool {
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// control decides by address, for a connection that is about to be made.
func (r *rules) control(network, address string, c syscall.RawConn) error {
	if err := r.guardian.Safe(network, address, c); err != nil {
		return &refusal{ReasonPrivate}
	}
	return nil
}

// controlExempt is control for a Private host:port. A name still must not lead to the addresses where clouds keep their
// credentials: who wants those has to write the address itself.
func controlExempt(host string) func(network, address string, c syscall.RawConn) error {
	_, err := netip.ParseAddr(host)
	literal := err == nil
	return func(_, address string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(address)
		if err != nil {
			return &refusal{ReasonAddress}
		}
		ip := ap.Addr().Unmap()
		if !literal && (slices.Contains(metadata, ip) || ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified()) {
			return &refusal{ReasonPrivate}
		}
		return nil
	}
}

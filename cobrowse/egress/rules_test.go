package egress

import (
	"errors"
	"net/netip"
	"testing"
)

func mustRules(t *testing.T, cfg Config) *rules {
	t.Helper()
	r, err := newRules(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestNames(t *testing.T) {
	open := Config{}
	shop := Config{Allow: []string{"shop.example", "*.cdn.example", "bücher.example"}, Block: []string{"bad.cdn.example"}}
	demo := Config{Allow: []string{"shop.example"}, Private: []string{"localhost:8443", "10.1.2.3:80", "[::1]:8081", "Staging.Example.:22"}}
	for _, c := range []struct {
		name   string
		cfg    Config
		target string
		reason string // "" = passes
	}{
		{"public", open, "any.example:443", ""},
		{"public, high port", open, "any.example:8443", ReasonPort},
		{"public, the company's port", Config{Ports: []int{8443}}, "any.example:8443", ""},
		{"public, another port", Config{Ports: []int{8443}}, "any.example:8444", ReasonPort},
		{"mail", open, "any.example:25", ReasonPort},
		{"ssh", open, "any.example:22", ReasonPort},
		{"port zero", open, "any.example:0", ReasonAddress},
		{"no port", open, "any.example", ReasonAddress},
		{"port name", open, "any.example:https", ReasonAddress},
		{"localhost", open, "localhost:443", ReasonPrivate},
		{"below localhost", open, "shop.localhost:443", ReasonPrivate},
		{"listed", shop, "shop.example:443", ""},
		{"case and dot", shop, "SHOP.Example.:443", ""},
		{"below a listed host", shop, "evil.shop.example:443", ReasonUnknown},
		{"not listed", shop, "other.example:443", ReasonUnknown},
		{"ends like a listed host", shop, "myshop.example:443", ReasonUnknown},
		{"below a wildcard", shop, "a.b.cdn.example:443", ""},
		{"wildcard itself", shop, "cdn.example:443", ""},
		{"ends like a wildcard", shop, "mycdn.example:443", ReasonUnknown},
		{"block wins", shop, "bad.cdn.example:443", ReasonBlocked},
		{"Unicode", shop, "xn--bcher-kva.example:443", ""},
		{"exempt", demo, "localhost:8443", ""},
		{"exempt, other port", demo, "localhost:8444", ReasonUnknown},
		{"exempt, other spelling", demo, "127.0.0.1:8443", ReasonUnknown},
		{"exempt address", demo, "10.1.2.3:80", ""},
		{"exempt IPv6", demo, "[0:0:0:0:0:0:0:1]:8081", ""},
		{"exempt name, any port", demo, "staging.example:22", ""},
		{"exempt does not list", demo, "staging.example:443", ReasonUnknown},
		{"decimal", open, "2130706433:80", ReasonAddress},
		{"octal", open, "0177.0.0.1:80", ReasonAddress},
		{"hexadecimal", open, "0x7f000001:80", ReasonAddress},
		{"hexadecimal part", open, "0x7f.1:80", ReasonAddress},
		{"short", open, "127.1:80", ReasonAddress},
		{"ends in a number", open, "shop.7:80", ReasonAddress},
		{"zone", open, "[fe80::1%25eth0]:80", ReasonAddress},
		{"zone, plain", open, "[fe80::1%eth0]:80", ReasonAddress},
		{"empty host", open, ":80", ReasonAddress},
		{"user part", open, "user@shop.example:80", ReasonAddress},
		{"space", open, "shop example:80", ReasonAddress},
		{"line break", open, "shop.example\r\nX-Y: z:80", ReasonAddress},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := mustRules(t, c.cfg).check(c.target)
			reason, refused := refusedBecause(err)
			if reason != c.reason || refused != (err != nil) {
				t.Errorf("check(%q) = %v, want reason %q", c.target, err, c.reason)
			}
		})
	}
}

func TestAddresses(t *testing.T) {
	r := mustRules(t, Config{})
	for addr, public := range map[string]bool{
		"8.8.8.8": true, "1.1.1.1": true, "2606:4700:4700::1111": true, "2a00:1450::1": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "100.64.0.1": false, "127.0.0.1": false, "127.255.255.254": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "192.0.0.8": false,
		"198.18.0.1": false, "224.0.0.1": false, "239.1.1.1": false, "240.0.0.1": false, "255.255.255.255": false,
		"::": false, "::1": false, "fe80::1": false, "fc00::1": false, "fd12:3456::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:8.8.8.8": false, "64:ff9b::7f00:1": false, "64:ff9b:1::1": false,
		"2002:7f00:1::": false, "2001::1": false, "2001:db8::1": false, "::127.0.0.1": false, "fec0::1": false,
	} {
		network := "tcp4"
		if netip.MustParseAddr(addr).Is6() {
			network = "tcp6"
		}
		err := r.control(network, netip.AddrPortFrom(netip.MustParseAddr(addr), 443).String(), nil)
		if (err == nil) != public {
			t.Errorf("connect to %s: %v, want public=%v", addr, err, public)
		}
	}
}

func TestExemptNamesStayAwayFromMetadata(t *testing.T) {
	for _, c := range []struct {
		host, addr string
		ok         bool
	}{
		{"staging.example", "10.0.0.1:443", true},
		{"staging.example", "127.0.0.1:443", true},
		{"staging.example", "169.254.169.254:443", false},
		{"staging.example", "[fe80::1]:443", false},
		{"staging.example", "[::ffff:169.254.169.254]:443", false},
		{"staging.example", "0.0.0.0:443", false},
		{"staging.example", "[fd00:ec2::254]:80", false},
		{"staging.example", "168.63.129.16:80", false},
		{"staging.example", "100.100.100.200:80", false},
		{"169.254.10.10", "169.254.10.10:443", true},
	} {
		if err := controlExempt(c.host)("tcp", c.addr, nil); (err == nil) != c.ok {
			t.Errorf("%s at %s: %v, want ok=%v", c.host, c.addr, err, c.ok)
		}
	}
}

func TestBadRulesAreRefused(t *testing.T) {
	for name, cfg := range map[string]Config{
		"address as pattern": {Allow: []string{"https://shop.example/"}},
		"port in pattern":    {Block: []string{"shop.example:443"}},
		"wildcard inside":    {Allow: []string{"shop.*.example"}},
		"empty pattern":      {Block: []string{""}},
		"no port":            {Private: []string{"localhost"}},
		"a database's port":  {Ports: []int{5432}},
		"a mail port":        {Ports: []int{587}},
		"octal":              {Private: []string{"0177.0.0.1:80"}},
	} {
		if _, err := newRules(cfg); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	var r *refusal
	if _, err := newRules(Config{Allow: []string{"*"}}); errors.As(err, &r) || err != nil {
		t.Errorf(`"*": %v`, err)
	}
}

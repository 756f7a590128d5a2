package config

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// origin writes an address as browsers write it in Origin headers: what differs by a letter would let nobody in.
func origin(field, address string) (string, error) {
	wrong := fmt.Errorf("%s %q must be like https://cobrowse.example, with nothing behind the host and port", field, address)
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return "", wrong
	}
	host := strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.String()
	}
	if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-_:") != "" {
		return "", fmt.Errorf("%w; an international name in its form xn--…", wrong)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port := 0
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil || port < 1 || port > 65535 {
			return "", wrong
		}
	}
	if port == 0 || port == map[string]int{"http": 80, "https": 443}[u.Scheme] {
		return u.Scheme + "://" + host, nil
	}
	return fmt.Sprintf("%s://%s:%d", u.Scheme, host, port), nil
}

// isLocal tells whether browsers take an address for one of their own machine.
func isLocal(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost") || (ip != nil && ip.IsLoopback())
}

// privateNames end the names that no public name server knows.
var privateNames = []string{".local", ".lan", ".internal", ".home.arpa", ".test"}

// isPrivate tells whether an address is one of a private network.
func isPrivate(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := u.Hostname()
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsPrivate()
	}
	return slices.ContainsFunc(privateNames, func(end string) bool { return strings.HasSuffix(host, end) })
}

// redacted takes passwords out of an address, in front of the host and in the query. A path is no address.
func redacted(address string) string {
	if !strings.Contains(address, "://") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "(an address that is malformed)" // it may hold a password at any place
	}
	q := u.Query()
	for name := range q {
		if strings.Contains(name, "password") || strings.Contains(name, "secret") || strings.Contains(name, "key") {
			q.Set(name, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}

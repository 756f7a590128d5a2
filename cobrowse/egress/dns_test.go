package egress

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// nameServer is a DNS server with a script: each look-up of a name takes the next of its addresses, the last one stays.
type nameServer struct {
	mu    sync.Mutex
	names map[string][]netip.Addr
}

// startNameServer returns a resolver that asks only the given names; anything else does not exist.
func startNameServer(t *testing.T, names map[string][]string) *net.Resolver {
	t.Helper()
	ns := &nameServer{names: map[string][]netip.Addr{}}
	for name, addrs := range names {
		for _, a := range addrs {
			ns.names[name+"."] = append(ns.names[name+"."], netip.MustParseAddr(a))
		}
	}
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if answer := ns.answer(buf[:n]); answer != nil {
				_, _ = conn.WriteTo(answer, from)
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-done })
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

func (ns *nameServer) answer(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	ns.mu.Lock()
	defer ns.mu.Unlock()
	addrs, known := ns.names[q.Name.String()]
	if !known {
		m.RCode = dnsmessage.RCodeNameError
	}
	wanted := q.Type == dnsmessage.TypeA || q.Type == dnsmessage.TypeAAAA
	if known && wanted && addrs[0].Is4() == (q.Type == dnsmessage.TypeA) {
		head := dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class}
		if addrs[0].Is4() {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AResource{A: addrs[0].As4()}})
		} else {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: &dnsmessage.AAAAResource{AAAA: addrs[0].As16()}})
		}
		if len(addrs) > 1 {
			ns.names[q.Name.String()] = addrs[1:]
		}
	}
	packed, err := m.Pack()
	if err != nil {
		return nil
	}
	return packed
}

package egress

import (
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// LetIn lets the programs of a user use the proxy, beside those of the service's own user: the session's Chromium. Whoever was let in
// before is kept out from now on.
func (p *Proxy) LetIn(uid int) { p.user.Store(int64(uid)) }

// peers keeps out the connections of other users of this machine, who would otherwise reach what Private opens, or appear as the
// service to others.
type peers struct {
	net.Listener
	proxy *Proxy
}

// Accept implements net.Listener.
func (l *peers) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil || l.proxy.knows(conn) {
			return conn, err
		}
		l.proxy.log.Warn("egress: a connection of somebody else on this machine is refused")
		_ = conn.Close()
	}
}

func (p *Proxy) knows(conn net.Conn) bool {
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		p.log.Error("egress: it cannot be told whose connections these are", "error", err)
		return false
	}
	uid, found := ownerOf(string(table), conn.RemoteAddr(), conn.LocalAddr())
	return found && (uid == os.Getuid() || int64(uid) == p.user.Load())
}

// ownerOf finds the user of the socket with these two ends in the kernel's table of IPv4 sockets.
func ownerOf(table string, local, remote net.Addr) (uid int, found bool) {
	from, to := kernelAddress(local), kernelAddress(remote)
	for line := range strings.Lines(table) {
		// number: local remote state queues timers retries uid …
		fields := strings.Fields(line)
		if len(fields) > 7 && fields[1] == from && fields[2] == to {
			uid, err := strconv.Atoi(fields[7])
			return uid, err == nil
		}
	}
	return 0, false
}

// kernelAddress spells an IPv4 address and port as the kernel does: 127.0.0.1:80 is 0100007F:0050 on the machines that Chromium runs on.
func kernelAddress(addr net.Addr) string {
	ap, err := netip.ParseAddrPort(addr.String())
	if err != nil || !ap.Addr().Is4() {
		return ""
	}
	ip := ap.Addr().As4()
	slices.Reverse(ip[:])
	hex := func(n uint64, digits int) string {
		text := strings.ToUpper(strconv.FormatUint(n, 16))
		return strings.Repeat("0", digits-len(text)) + text
	}
	var b strings.Builder
	for _, part := range ip {
		b.WriteString(hex(uint64(part), 2))
	}
	return b.String() + ":" + hex(uint64(ap.Port()), 4)
}

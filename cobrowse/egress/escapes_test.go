package egress

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// escapes are hosts by which a page could try to leave for somewhere that is not public. Names resolve as namesInside says.
var escapes = []string{
	// This machine.
	"127.0.0.1", "127.0.0.2", "127.1.2.3", "127.255.255.254", "0.0.0.0", "0.1.2.3", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "localhost",
	"LOCALHOST", "localhost.", "x.localhost", "localhost.localdomain.local",
	// Spellings that only some parsers read as addresses.
	"2130706433", "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "127.0.0.1.", "127.0.0.01", "127.000.000.001",
	"①②⑦.0.0.1", "127。0。0。1", "１２７.0.0.1", "127.0.0.1%00.example", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[::1%25lo]",
	"[fe80::1%25eth0]", "[fe80::1%eth0]", "[::ffff:0:127.0.0.1]", "0300.0250.0.1", "3232235521", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376",
	// Private and set-aside networks.
	"10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1", "100.100.100.200", "169.254.0.1",
	"192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
	"[fc00::1]", "[fd12:3456:789a::1]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]", "[3fff::1]", "[5f00::1]",
	// Private addresses inside of others.
	"[::ffff:10.0.0.1]", "[64:ff9b::a00:1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001::1]",
	"[2001:0:7f00:1::1]",
	// Where clouds keep credentials.
	"169.254.169.254", "169.254.170.2", "[fd00:ec2::254]", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "168.63.129.16", "192.0.0.192",
	"metadata.google.internal", "metadata.google.internal.", "metadata.internal", "instance-data.ec2.internal", "printer.local", "nas.home.arpa",
	// Names that lead inside, always, sometimes or beside a public address.
	"inside.example", "ten.example", "six.example", "mapped.example", "ula.example", "nat64.example", "sixtofour.example", "meta.example",
	"azure.example", "rebinds.example", "mixed.example",
	// Not a host at all.
	"", "user@127.0.0.1", "shop.example@127.0.0.1", "127.0.0.1#shop.example", "a b", "*.example", "[127.0.0.1]", "[::1", "::1",
}

var namesInside = map[string][]string{
	"inside.example": {"127.0.0.1"}, "ten.example": {"10.0.0.1"}, "six.example": {"::1"}, "mapped.example": {"::ffff:127.0.0.1"},
	"ula.example": {"fd00::1"}, "nat64.example": {"64:ff9b::7f00:1"}, "sixtofour.example": {"2002:7f00:1::1"}, "meta.example": {"169.254.169.254"},
	"azure.example":   {"168.63.129.16"},
	"rebinds.example": {"203.0.113.1", "127.0.0.1"}, // a documentation address first: refused, too, but no packet leaves this machine
	"mixed.example":   {"192.0.2.7", "127.0.0.1", "10.0.0.1"},
	// What the canary's own port is asked of by names that are refused before anybody looks them up.
	"metadata.google.internal": {"127.0.0.1"}, "printer.local": {"127.0.0.1"}, "nas.home.arpa": {"127.0.0.1"},
}

// canary answers on every loopback address; nothing may ever reach it.
func canary(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { t.Errorf("reached: %s %s", r.Host, r.URL) }))
	_ = s.Listener.Close()
	var err error
	if s.Listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", ":0"); err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// TestEscapesAreRefused: by a tunnel and by a plain request, and before a connection is made.
func TestEscapesAreRefused(t *testing.T) {
	if len(escapes) < 60 {
		t.Fatal("some are missing")
	}
	inside := canary(t)
	p, _ := startProxy(t, Config{Ports: portsOf(t, inside)}, namesInside)
	port := portOf(t, inside)
	for _, host := range escapes {
		for name, request := range map[string]string{
			"CONNECT": fmt.Sprintf("CONNECT %s:%s HTTP/1.1\r\nHost: shop.example\r\n\r\n", host, port),
			"GET":     fmt.Sprintf("GET http://%s:%s/ HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n", host, port),
		} {
			if status := p.say(t, request); status != http.StatusForbidden && status != http.StatusBadRequest {
				t.Errorf("%s %q: %d", name, host, status)
			}
		}
	}
}

// say sends bytes to the proxy as they are and returns the status of the answer.
func (p *Proxy) say(t *testing.T, request string) int {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	defer res.Body.Close()
	return res.StatusCode
}

// TestSmuggling: what two parsers could read differently reaches nobody.
func TestSmuggling(t *testing.T) {
	inside := canary(t)
	port := portOf(t, inside)
	p, _ := startProxy(t, Config{Ports: portsOf(t, inside)}, namesInside)
	in := "127.0.0.1:" + port
	for name, request := range map[string]string{
		"origin form":                 "GET / HTTP/1.1\r\nHost: " + in + "\r\n\r\n",
		"origin form, address":        "GET //" + in + "/ HTTP/1.1\r\nHost: " + in + "\r\n\r\n",
		"https in the clear":          "GET https://" + in + "/ HTTP/1.1\r\nHost: " + in + "\r\n\r\n",
		"file":                        "GET file:///etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
		"ftp":                         "GET ftp://" + in + "/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"gopher":                      "GET gopher://" + in + "/ HTTP/1.1\r\nHost: x\r\n\r\n",
		"name and password":           "GET http://shop.example:80@" + in + "/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"name and password, public":   "GET http://me:secret@shop.example/ HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"two hosts":                   "GET http://" + in + "/ HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n",
		"two lengths":                 "POST http://" + in + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"length and chunks":           "POST http://" + in + "/ HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"CONNECT with a path":         "CONNECT /" + in + " HTTP/1.1\r\nHost: " + in + "\r\n\r\n",
		"CONNECT with a scheme":       "CONNECT http://" + in + " HTTP/1.1\r\nHost: " + in + "\r\n\r\n",
		"CONNECT without a port":      "CONNECT 127.0.0.1 HTTP/1.1\r\nHost: " + in + "\r\n\r\n",
		"CONNECT with a user":         "CONNECT shop.example@" + in + " HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"CONNECT, host elsewhere":     "CONNECT " + in + " HTTP/1.1\r\nHost: shop.example:443\r\n\r\n",
		"CONNECT with port 0":         "CONNECT shop.example:0 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"CONNECT with a large port":   "CONNECT shop.example:65616 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"CONNECT with a named port":   "CONNECT shop.example:http HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"CONNECT to mail":             "CONNECT shop.example:25 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"CONNECT to a high port":      "CONNECT shop.example:6379 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"CONNECT to another's port":   "CONNECT shop.example:8443 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"a carriage return in a host": "CONNECT shop.example\r:443 HTTP/1.1\r\nHost: shop.example\r\n\r\n",
		"a folded header":             "GET http://" + in + "/ HTTP/1.1\r\nHost: shop.example\r\n folded: yes\r\n\r\n",
		"the proxy itself":            "GET http://" + p.Addr() + "/ HTTP/1.1\r\nHost: " + p.Addr() + "\r\n\r\n",
	} {
		if status := p.say(t, request); status < 400 || status >= 500 {
			t.Errorf("%s: %d", name, status)
		}
	}
}

// TestHostIsTheOneThatWasChecked: a site hears the host that was checked, whatever the page's request says beside it.
func TestHostIsTheOneThatWasChecked(t *testing.T) {
	heard := make(chan string, 1)
	site := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { heard <- r.Host }))
	defer site.Close()
	host := "localhost:" + portOf(t, site)
	p, _ := startProxy(t, Config{Private: []string{host}}, nil)
	if status := p.say(t, "GET http://"+host+"/ HTTP/1.1\r\nHost: admin.internal\r\nConnection: close\r\n\r\n"); status != http.StatusOK {
		t.Fatal(status)
	}
	if got := <-heard; got != host {
		t.Errorf("the site heard %q", got)
	}
}

// TestOthersAreKeptOut: a connection is the proxy's business only when it is the browser's, or the service's own.
func TestOthersAreKeptOut(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	line := func(uid string) string {
		return fmt.Sprintf("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n   0: %s %s 01 00000000:00000000 00:00000000 00000000 %s 0 1\n",
			kernelAddress(client.LocalAddr()), kernelAddress(l.Addr()), uid)
	}
	if uid, found := ownerOf(line("4711"), client.LocalAddr(), l.Addr()); !found || uid != 4711 {
		t.Errorf("%d, %v", uid, found)
	}
	if _, found := ownerOf(line("4711"), l.Addr(), client.LocalAddr()); found {
		t.Error("the wrong end is taken for the other")
	}
}

// TestOtherUserIsKeptOut: a program of another user gets no answer until it is let in.
func TestOtherUserIsKeptOut(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can start a program as somebody else")
	}
	const first, second = 65531, 65530
	p, _ := startProxy(t, Config{}, nil)
	_, port, err := net.SplitHostPort(p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	answers := func(uid uint32) bool {
		c := exec.CommandContext(t.Context(), "bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/`+port+` && printf 'GET / HTTP/1.0\r\n\r\n' >&3 && cat <&3`)
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		c.Dir = "/"
		out, _ := c.Output() // a closed connection is no success
		return strings.Contains(string(out), "This is a proxy.")
	}
	if answers(first) {
		t.Error("another user is answered")
	}
	p.LetIn(first)
	if !answers(first) || answers(second) {
		t.Error("not the one who was let in is answered")
	}
	p.LetIn(second)
	if answers(first) || !answers(second) {
		t.Error("who was let in before still is")
	}
}

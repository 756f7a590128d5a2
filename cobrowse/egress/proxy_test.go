package egress

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

func startProxy(t *testing.T, cfg Config, names map[string][]string) (*Proxy, *http.Client) {
	t.Helper()
	p, err := listen(t.Context(), cfg, startNameServer(t, names))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	tr := &http.Transport{
		Proxy:           http.ProxyURL(&url.URL{Scheme: "http", Host: p.Addr()}),
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, res *http.Response) error {
			if reason := res.Header.Get("X-Cobrowse-Refused"); reason != "" {
				return fmt.Errorf("status %d, refused: %s", res.StatusCode, reason)
			}
			return nil
		},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return p, &http.Client{Transport: tr}
}

func portOf(t *testing.T, srv *httptest.Server) string {
	t.Helper()
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func portsOf(t *testing.T, srv *httptest.Server) []int {
	t.Helper()
	port, err := strconv.Atoi(portOf(t, srv))
	if err != nil {
		t.Fatal(err)
	}
	return []int{port}
}

func get(t *testing.T, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestExemptSiteIsReached(t *testing.T) {
	var seen *http.Request
	site := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r
		fmt.Fprint(w, "hello from "+r.Host)
	})
	plain, sealed := httptest.NewServer(site), httptest.NewTLSServer(site)
	defer plain.Close()
	defer sealed.Close()
	port, tlsPort := portOf(t, plain), portOf(t, sealed)
	_, client := startProxy(t, Config{Private: []string{"localhost:" + port, "shop.localhost:" + tlsPort, "127.0.0.1:" + port, "staging.example:" + port}},
		map[string][]string{"staging.example": {"127.0.0.1"}})
	for _, address := range []string{"http://localhost:" + port, "https://shop.localhost:" + tlsPort, "http://127.0.0.1:" + port, "http://staging.example:" + port} {
		res, body := get(t, client, address+"/path?x=1")
		if res.StatusCode != 200 || !strings.HasSuffix(address, strings.TrimPrefix(body, "hello from ")) {
			t.Errorf("%s: %d %q", address, res.StatusCode, body)
		}
	}
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Via", "Forwarded", "Proxy-Connection"} {
		if v := seen.Header.Get(header); v != "" {
			t.Errorf("the site learns %s: %s", header, v)
		}
	}
}

func TestRefusals(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "secret") }))
	defer site.Close()
	port := portOf(t, site)
	names := map[string][]string{
		"inside.example": {"127.0.0.1"}, "mapped.example": {"::ffff:127.0.0.1"}, "six.example": {"::1"}, "ula.example": {"fd00::1"},
		"nat64.example": {"64:ff9b::7f00:1"}, "meta.example": {"169.254.169.254"}, "blocked.example": {"127.0.0.1"},
	}
	for _, c := range []struct{ host, reason string }{
		{"inside.example", ReasonPrivate}, {"mapped.example", ReasonPrivate}, {"six.example", ReasonPrivate},
		{"ula.example", ReasonPrivate}, {"nat64.example", ReasonPrivate}, {"meta.example", ReasonPrivate},
		{"127.0.0.1", ReasonPrivate}, {"[::1]", ReasonPrivate}, {"[::ffff:7f00:1]", ReasonPrivate}, {"localhost", ReasonPrivate},
		{"2130706433", ReasonAddress}, {"0177.0.0.1", ReasonAddress}, {"0x7f.0.0.1", ReasonAddress},
		{"blocked.example", ReasonBlocked},
	} {
		t.Run(c.host, func(t *testing.T) {
			_, client := startProxy(t, Config{Block: []string{"blocked.example"}, Ports: portsOf(t, site)}, names)
			res, body := get(t, client, "http://"+c.host+":"+port+"/")
			if res.StatusCode != 403 || res.Header.Get("X-Cobrowse-Refused") != c.reason || strings.Contains(body, "secret") {
				t.Errorf("plain: %d, refused %q, %q", res.StatusCode, res.Header.Get("X-Cobrowse-Refused"), body)
			}
			if !strings.Contains(body, texts[0]["refused."+c.reason]) {
				t.Errorf("the page does not say why: %q", body)
			}
			if _, err := client.Get("https://" + c.host + ":" + port + "/"); err == nil || !strings.HasSuffix(err.Error(), "status 403, refused: "+c.reason) {
				t.Errorf("CONNECT: %v", err)
			}
		})
	}
}

// A name that is public when it is first asked and private afterwards: the address that is dialled is the one that is checked.
func TestRebindingFails(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	defer site.Close()
	// 203.0.113.1 is a documentation address: refused too, but without a connect that leaves this machine.
	_, client := startProxy(t, Config{Ports: portsOf(t, site)}, map[string][]string{"rebind.example": {"203.0.113.1", "127.0.0.1"}})
	for range 3 {
		res, _ := get(t, client, "http://rebind.example:"+portOf(t, site)+"/")
		if reason := res.Header.Get("X-Cobrowse-Refused"); res.StatusCode != 403 || reason != ReasonPrivate {
			t.Errorf("status %d, refused: %q", res.StatusCode, reason)
		}
	}
}

func TestRedirectToPrivateIsRefused(t *testing.T) {
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("reached") }))
	defer inside.Close()
	outside := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:"+portOf(t, inside)+"/", http.StatusFound))
	defer outside.Close()
	_, client := startProxy(t, Config{Private: []string{"localhost:" + portOf(t, outside)}, Ports: portsOf(t, inside)}, nil)
	res, _ := get(t, client, "http://localhost:"+portOf(t, outside)+"/")
	if res.StatusCode != 403 || res.Header.Get("X-Cobrowse-Refused") != ReasonPrivate {
		t.Errorf("status %d, refused %q", res.StatusCode, res.Header.Get("X-Cobrowse-Refused"))
	}
}

func TestFailuresAreNotRefusals(t *testing.T) {
	gone := httptest.NewServer(nil)
	port := portOf(t, gone)
	gone.Close()
	_, client := startProxy(t, Config{Private: []string{"localhost:" + port}}, nil)
	for _, c := range []struct{ address, code string }{{"http://nowhere.example/", "dns"}, {"http://localhost:" + port, "failed"}} {
		res, _ := get(t, client, c.address)
		if res.StatusCode != 502 || res.Header.Get("X-Cobrowse-Failed") != c.code || res.Header.Get("X-Cobrowse-Refused") != "" {
			t.Errorf("%s: %d %v", c.address, res.StatusCode, res.Header)
		}
	}
}

// Chromium uses CONNECT for ws://; others send the upgrade to the proxy. Both work, and Close ends what they carry.
func TestWebSockets(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := websocket.Accept(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer c.CloseNow()
		for {
			kind, data, err := c.Read(r.Context())
			if err != nil || c.Write(r.Context(), kind, data) != nil {
				return
			}
		}
	}))
	defer site.Close()
	host := "localhost:" + portOf(t, site)
	p, client := startProxy(t, Config{Private: []string{host}}, nil)
	for name, hc := range map[string]*http.Client{"upgrade": client, "CONNECT": tunnelClient(t, p, host)} {
		c, _, err := websocket.Dial(t.Context(), "ws://"+host, &websocket.DialOptions{HTTPClient: hc})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer c.CloseNow()
		if err := c.Write(t.Context(), websocket.MessageText, []byte("echo")); err != nil {
			t.Fatal(err)
		}
		if _, data, err := c.Read(t.Context()); err != nil || string(data) != "echo" {
			t.Fatalf("%s: %q, %v", name, data, err)
		}
		t.Cleanup(func() {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if _, _, err := c.Read(ctx); err == nil || ctx.Err() != nil {
				t.Errorf("%s: the WebSocket outlived the proxy: %v", name, err)
			}
		})
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

// tunnelClient reaches host through CONNECT even for plain HTTP.
func tunnelClient(t *testing.T, p *Proxy, host string) *http.Client {
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.Addr())
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %s\r\n\r\n", host, host)
		res, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: http.MethodConnect})
		if err != nil || res.StatusCode != 200 {
			return nil, fmt.Errorf("CONNECT: %v %w", res, err)
		}
		return conn, nil
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

func TestNotAProxyRequest(t *testing.T) {
	p, _ := startProxy(t, Config{}, nil)
	res, err := http.Get("http://" + p.Addr() + "/")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 400 {
		t.Errorf("status %d", res.StatusCode)
	}
	if host, _, _ := net.SplitHostPort(p.Addr()); host != "127.0.0.1" {
		t.Errorf("bound to %s", host)
	}
}

func TestContextEndsTheProxy(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p, err := Listen(ctx, Config{})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", p.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cancel()
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the connection outlived the context: %v", err)
	}
	_ = p.Close()
	if _, err := net.Dial("tcp", p.Addr()); err == nil {
		t.Error("still listening")
	}
}

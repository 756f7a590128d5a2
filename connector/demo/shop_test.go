package demo

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// visitor is somebody in the shop, with cookies.
type visitor struct {
	*http.Client
	t    *testing.T
	base string
}

func visit(t *testing.T, h http.Handler) visitor {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{Client: &http.Client{Jar: jar}, t: t, base: server.URL}
}

func (v visitor) get(path string) (int, string) {
	v.t.Helper()
	res, err := v.Get(v.base + path)
	if err != nil {
		v.t.Fatal(err)
	}
	return readBody(v.t, res)
}

func (v visitor) post(path string, form url.Values) (int, string) {
	v.t.Helper()
	res, err := v.PostForm(v.base+path, form)
	if err != nil {
		v.t.Fatal(err)
	}
	return readBody(v.t, res)
}

func readBody(t *testing.T, res *http.Response) (int, string) {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestShopPages(t *testing.T) {
	v := visit(t, NewShop("http://service.example/", "http://owl.example"))
	for path, want := range map[string][]string{
		"/":         {"Aurora Espresso", `<script src="http://service.example/cobrowse.js" data-company="casa-lume" async>`},
		"/?q=moka":  {"Pico Moka 6"},
		"/p/aurora": {"Add to cart", `href="http://owl.example/compare/aurora" target="_blank"`, "/manual.pdf"},
		"/account":  {"CPF", "IBAN", `type="password"`},
		"/claim":    {"Serial number"},
		"/terms":    {"I agree"},
		"/cart":     {"nothing in your cart"},
		"/checkout": {"Your cart is empty"},
	} {
		status, body := v.get(path)
		if status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
	}
	if status, _ := v.get("/p/nothing"); status != http.StatusNotFound {
		t.Errorf("unknown good: %d", status)
	}
}

func TestBuying(t *testing.T) {
	v := visit(t, NewShop("http://service.example", "http://owl.example"))
	if status, _ := v.post("/api/orders", nil); status != http.StatusConflict {
		t.Errorf("an empty cart was bought: %d", status)
	}
	v.post("/cart", url.Values{"id": {"aurora"}, "quantity": {"+"}})
	_, cart := v.post("/cart", url.Values{"id": {"serra"}, "quantity": {"2"}})
	if !strings.Contains(cart, "€ 378.80") {
		t.Errorf("the cart does not add up:\n%s", cart)
	}
	_, checkout := v.get("/checkout")
	for _, field := range []string{"cc-number", "cc-csc", "cc-exp", "Buy now"} {
		if !strings.Contains(checkout, field) {
			t.Errorf("the checkout lacks %q", field)
		}
	}
	status, answer := v.post("/api/orders", nil)
	if status != http.StatusCreated {
		t.Fatalf("buy: %d %s", status, answer)
	}
	var orders []entry
	_, list := v.get("/orders")
	if err := json.Unmarshal([]byte(list), &orders); err != nil {
		t.Fatal(err)
	}
	if len(orders) != 1 || orders[0].Total != "€ 378.80" || !strings.Contains(answer, orders[0].Number) {
		t.Errorf("orders: %s after %s", list, answer)
	}
	if _, empty := v.get("/cart"); !strings.Contains(empty, "nothing in your cart") {
		t.Error("the cart is still full after buying")
	}
}

func TestCartTrustsNoCookie(t *testing.T) {
	for value, want := range map[string]int{"": 0, "aurora_2": 2, "aurora_2.aurora_3": 3, "nothing_2": 0, "aurora_-1": 0, "aurora_999": mostOfAKind, "aurora_x": 0, "..._": 0} {
		r := httptest.NewRequest("GET", "/", nil)
		r.AddCookie(&http.Cookie{Name: cartCookie, Value: value})
		have := 0
		for _, l := range readCart(r) {
			have += l.Quantity
		}
		if have != want {
			t.Errorf("%q: %d goods, want %d", value, have, want)
		}
	}
}

func TestAgreeing(t *testing.T) {
	v := visit(t, NewShop("http://service.example", "http://owl.example"))
	if _, list := v.get("/agreements"); strings.TrimSpace(list) != "[]" {
		t.Errorf("agreements before: %s", list)
	}
	v.post("/api/agreements", nil)
	if _, list := v.get("/agreements"); !strings.Contains(list, "Terms of sale") {
		t.Errorf("agreements after: %s", list)
	}
}

// TestManual checks what readers check: the cross-reference table must point at the objects.
func TestManual(t *testing.T) {
	v := visit(t, NewShop("http://service.example", "http://owl.example"))
	_, body := v.get("/manual.pdf")
	pdf := []byte(body)
	start := regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindSubmatch(pdf)
	if start == nil {
		t.Fatal("no startxref at the end")
	}
	table, _ := strconv.Atoi(string(start[1]))
	if !bytes.HasPrefix(pdf[table:], []byte("xref\n")) {
		t.Fatal("startxref does not point at the table")
	}
	for i, m := range regexp.MustCompile(`(?m)^(\d{10}) 00000 n $`).FindAllSubmatch(pdf[table:], -1) {
		at, _ := strconv.Atoi(string(m[1]))
		if !bytes.HasPrefix(pdf[at:], []byte(strconv.Itoa(i+1)+" 0 obj\n")) {
			t.Errorf("object %d is not at %d", i+1, at)
		}
	}
}

func TestSecondSite(t *testing.T) {
	v := visit(t, NewSecondSite("http://shop.example/"))
	for path, want := range map[string]string{"/": "Vento Grinder", "/compare/aurora": `href="http://shop.example/p/aurora"`} {
		if _, body := v.get(path); !strings.Contains(body, want) {
			t.Errorf("%s lacks %q", path, want)
		}
	}
	if _, body := v.get("/compare/aurora"); strings.Contains(body, "cobrowse.js") {
		t.Error("the second site carries our script")
	}
}

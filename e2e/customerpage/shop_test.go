package customerpage

import (
	"net/http/httptest"
	"strings"
	"testing"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// TestDemoSites holds the stand-in sites to what real ones owe their visitors, as they are the first thing that people see of us.
func TestDemoSites(t *testing.T) {
	second := httptest.NewServer(demo.NewSecondSite("http://shop.example"))
	t.Cleanup(second.Close)
	shop := httptest.NewServer(demo.NewShop("http://127.0.0.1:1", second.URL))
	t.Cleanup(shop.Close)
	for _, d := range devices {
		t.Run(d.name, func(t *testing.T) {
			p := people.New(t, "visitor "+d.name, d.screen)
			p.Open(shop.URL)
			people.Eval[bool](p, `fetch('/cart', {method: 'POST', body: new URLSearchParams({id: 'aurora', quantity: '+'})}).then(r => r.ok)`)
			for _, path := range []string{"/", "/p/aurora", "/cart", "/checkout", "/account", "/claim", "/terms"} {
				p.Open(shop.URL + path)
				look(t, p, "shop"+strings.ReplaceAll(path, "/", "-"))
				if wider := people.Eval[int](p, `document.documentElement.scrollWidth - innerWidth`); wider > 0 {
					t.Errorf("%s is %d pixels wider than the screen", path, wider)
				}
			}
			for _, path := range []string{"/", "/compare/aurora"} {
				p.Open(second.URL + path)
				look(t, p, "second"+strings.ReplaceAll(path, "/", "-"))
			}
		})
	}
}

func TestBuyNow(t *testing.T) {
	shop := httptest.NewServer(demo.NewShop("http://127.0.0.1:1", "http://127.0.0.1:1"))
	t.Cleanup(shop.Close)
	p := people.New(t, "buyer", people.Desktop)
	p.Open(shop.URL)
	people.Eval[bool](p, `fetch('/cart', {method: 'POST', body: new URLSearchParams({id: 'aurora', quantity: '+'})}).then(r => r.ok)`)
	p.Open(shop.URL + "/checkout")
	p.Press("Buy now")
	p.Hears("Please fill in: First name")
	for field, text := range map[string]string{
		"first": "Julia", "last": "Santos", "email": "julia@mail.example", "street": "Rua A 1", "zip": "4050", "town": "Porto",
		"cardnumber": "4111111111111111", "ccname": "Julia Santos", "cc-exp": "12 / 30", "cvc": "123",
	} {
		p.Fill(`[name="`+field+`"]`, text)
	}
	p.Press("Buy now")
	p.Hears("Thank you for your order!")
	number := p.Text("#order-number")
	p.Shot("bought")
	if orders := people.Eval[string](p, `fetch('/orders').then(r => r.text())`); !strings.Contains(orders, number) || strings.Contains(orders, "4111") {
		t.Errorf("orders: %s, the page says %s", orders, number)
	}
}

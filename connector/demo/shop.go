package demo

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"
)

// ShopName is the company that the stand-in shop belongs to.
const ShopName = "Casa Lume"

//go:embed shop
var shopFiles embed.FS

var shopPages = template.Must(template.New("").Funcs(template.FuncMap{"money": money, "picture": picture}).ParseFS(shopFiles, "shop/*.html"))

// shop is a small web shop with pages that people need help with.
type shop struct {
	connectorURL string
	secondURL    string
	orders       orderBook
	agreements   orderBook
}

// NewShop makes the stand-in shop. connectorURL is the product's public address, for the one script line; secondURL is the
// address of NewSecondSite's handler. Tests ask GET /orders and GET /agreements what was bought and accepted; nothing that
// people type about themselves is kept.
func NewShop(connectorURL, secondURL string) http.Handler {
	s := &shop{connectorURL: strings.TrimSuffix(connectorURL, "/"), secondURL: strings.TrimSuffix(secondURL, "/")}
	s.orders.prefix, s.agreements.prefix = "CL", "AG"
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.catalogue)
	mux.HandleFunc("GET /p/{id}", s.product)
	mux.HandleFunc("GET /cart", s.cart)
	mux.HandleFunc("POST /cart", s.changeCart)
	for path, title := range map[string]string{"checkout": "Checkout", "account": "My account", "claim": "Warranty claim", "terms": "Terms of sale"} {
		mux.HandleFunc("GET /"+path, func(w http.ResponseWriter, r *http.Request) { s.show(w, r, path, page{Title: title}) })
	}
	mux.HandleFunc("POST /api/saved", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("POST /api/orders", s.buy)
	mux.HandleFunc("POST /api/agreements", s.agree)
	mux.HandleFunc("GET /orders", s.orders.list)
	mux.HandleFunc("GET /agreements", s.agreements.list)
	mux.HandleFunc("GET /manual.pdf", manual)
	mux.HandleFunc("GET /invoice.pdf", invoice)
	mux.HandleFunc("GET /warranty.pdf", warranty)
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(mustSub(shopFiles, "shop/static"))))
	return mux
}

// page is what every template gets.
type page struct {
	Title     string
	Shop      string
	Company   string
	Connector string
	Second    string
	Path      string
	Goods     []good
	Good      good
	Query     string
	Lines     []line
	Total     int
	Shipping  int
	Count     int
}

func (s *shop) show(w http.ResponseWriter, r *http.Request, name string, p page) {
	p.Shop, p.Company, p.Connector, p.Second, p.Path = ShopName, Slug, s.connectorURL, s.secondURL, r.URL.Path
	p.Lines = readCart(r)
	for _, l := range p.Lines {
		p.Count += l.Quantity
		p.Total += l.Sum()
	}
	p.Shipping = shippingFor(p.Total)
	p.Total += p.Shipping
	render(w, shopPages, name+".html", p)
}

func (s *shop) catalogue(w http.ResponseWriter, r *http.Request) {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	s.show(w, r, "catalogue", page{Title: "Coffee at home", Goods: find(query), Query: query})
}

func (s *shop) product(w http.ResponseWriter, r *http.Request) {
	g, ok := goodByID(r.PathValue("id"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	s.show(w, r, "product", page{Title: g.Name, Good: g})
}

func (s *shop) cart(w http.ResponseWriter, r *http.Request) {
	s.show(w, r, "cart", page{Title: "Your cart"})
}

func (s *shop) changeCart(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "The form could not be read.", http.StatusBadRequest)
		return
	}
	writeCart(w, changed(readCart(r), r.PostForm.Get("id"), r.PostForm.Get("quantity")))
	http.Redirect(w, r, "/cart", http.StatusSeeOther)
}

// buy takes the cart and nothing else: what was typed into the checkout never leaves the page.
func (s *shop) buy(w http.ResponseWriter, r *http.Request) {
	lines := readCart(r)
	if len(lines) == 0 {
		reply(w, http.StatusConflict, map[string]string{"error": "Your cart is empty."})
		return
	}
	total, names := 0, []string{}
	for _, l := range lines {
		total += l.Sum()
		names = append(names, fmt.Sprintf("%d × %s", l.Quantity, l.Good.Name))
	}
	order := s.orders.add(entry{Total: money(total + shippingFor(total)), Items: names})
	writeCart(w, nil)
	reply(w, http.StatusCreated, order)
}

func (s *shop) agree(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusCreated, s.agreements.add(entry{Items: []string{"Terms of sale"}}))
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the browser went away
}

// render writes a whole page or a plain error, never half of one.
func render(w http.ResponseWriter, pages *template.Template, name string, data any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, "This page could not be made.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = b.WriteTo(w) // the browser went away
}

func mustSub(fsys fs.FS, dir string) fs.FS {
	sub, err := fs.Sub(fsys, dir)
	if err != nil {
		panic(err) // dir is a constant
	}
	return sub
}

// money writes cents as the shop shows them.
func money(cents int) string { return fmt.Sprintf("€ %d.%02d", cents/100, cents%100) }

// now is in UTC so that what tests read does not depend on the machine.
func now() time.Time { return time.Now().UTC() }

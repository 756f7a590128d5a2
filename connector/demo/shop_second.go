package demo

import (
	"html/template"
	"net/http"
	"strings"
)

var secondPages = template.Must(template.New("").Funcs(template.FuncMap{"money": money, "picture": picture}).ParseFS(shopFiles, "shop/second/*.html"))

// offer is what another shop wants for the same good.
type offer struct {
	Seller, Delivery string
	Cents            int
	Ours             bool
}

// NewSecondSite makes the site of another company, a price comparison, to be served on another domain than the shop: people
// compare prices there in a second tab. It carries no script of ours.
func NewSecondSite(shopURL string) http.Handler {
	shopURL = strings.TrimSuffix(shopURL, "/")
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		render(w, secondPages, "index.html", map[string]any{"Goods": goods})
	})
	mux.HandleFunc("GET /compare/{id}", func(w http.ResponseWriter, r *http.Request) {
		g, ok := goodByID(r.PathValue("id"))
		if !ok {
			http.NotFound(w, r)
			return
		}
		render(w, secondPages, "compare.html", map[string]any{"Good": g, "Offers": offersFor(g), "Shop": shopURL})
	})
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(mustSub(shopFiles, "shop/static"))))
	return mux
}

func offersFor(g good) []offer {
	return []offer{
		{Seller: ShopName, Delivery: "free, 1–2 days", Cents: g.Cents, Ours: true},
		{Seller: "Kaffeewerk Nord", Delivery: "€ 5.90, 3–4 days", Cents: g.Cents + g.Cents/33},
		{Seller: "bom-cafe.example", Delivery: "€ 12.00, 8 days", Cents: g.Cents - g.Cents/20},
		{Seller: "Haus & Küche 24", Delivery: "free, 2–3 days", Cents: g.Cents + g.Cents/12},
	}
}

package demo

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	cartCookie   = "cart"
	mostOfAKind  = 9
	freeShipping = 5000 // cents
	shippingCost = 490
	mostOrders   = 500 // kept in memory; older ones fall off
)

// line is one kind of good in the cart.
type line struct {
	Good     good
	Quantity int
}

// Sum is the line's price in cents.
func (l line) Sum() int { return l.Good.Cents * l.Quantity }

func shippingFor(cents int) int {
	if cents == 0 || cents >= freeShipping {
		return 0
	}
	return shippingCost
}

// readCart trusts nothing in the cookie but known goods and small numbers.
func readCart(r *http.Request) []line {
	c, err := r.Cookie(cartCookie)
	if err != nil {
		return nil
	}
	var lines []line
	for part := range strings.SplitSeq(c.Value, ".") {
		id, quantity, _ := strings.Cut(part, "_")
		lines = changed(lines, id, quantity)
	}
	return lines
}

func writeCart(w http.ResponseWriter, lines []line) {
	var parts []string
	for _, l := range lines {
		parts = append(parts, l.Good.ID+"_"+strconv.Itoa(l.Quantity))
	}
	//nolint:gosec // the stand-in shop speaks plain http on this machine
	http.SetCookie(w, &http.Cookie{Name: cartCookie, Value: strings.Join(parts, "."), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// changed sets how many of a good are in the cart; "+" adds one, 0 takes it out, nonsense changes nothing.
func changed(lines []line, id, quantity string) []line {
	g, known := goodByID(id)
	if !known {
		return lines
	}
	at := slices.IndexFunc(lines, func(l line) bool { return l.Good.ID == id })
	have := 0
	if at >= 0 {
		have = lines[at].Quantity
	}
	want, err := strconv.Atoi(quantity)
	if quantity == "+" {
		want, err = have+1, nil
	}
	if err != nil || want < 0 {
		return lines
	}
	want = min(want, mostOfAKind)
	switch {
	case at < 0 && want > 0:
		return append(lines, line{Good: g, Quantity: want})
	case at >= 0 && want == 0:
		return slices.Delete(lines, at, at+1)
	case at >= 0:
		lines[at].Quantity = want
	}
	return lines
}

// entry is one thing that somebody did for good.
type entry struct {
	Number string    `json:"number"`
	Total  string    `json:"total,omitempty"`
	Items  []string  `json:"items"`
	At     time.Time `json:"at"`
}

// orderBook remembers what was bought (or accepted), for tests and for whoever shows the demo.
type orderBook struct {
	prefix string

	mu      sync.Mutex
	made    int
	entries []entry
}

func (b *orderBook) add(e entry) entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.made++
	e.Number, e.At = fmt.Sprintf("%s-%05d", b.prefix, 20_410+b.made), now()
	b.entries = append(b.entries, e)
	if len(b.entries) > mostOrders {
		b.entries = b.entries[1:]
	}
	return e
}

func (b *orderBook) list(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	entries := append([]entry{}, b.entries...)
	b.mu.Unlock()
	reply(w, http.StatusOK, entries)
}

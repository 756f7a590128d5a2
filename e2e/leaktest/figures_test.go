package leaktest

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"cobrowse-connector/cobrowse"
)

// BenchmarkPrivacy measures what the rules cost, in a session beside its control without any.
func BenchmarkPrivacy(b *testing.B) {
	s := newSite(b)
	p := &pair{guarded: open(b, s, "guarded", usual(), desktop), control: open(b, s, "control", nothing(), desktop)}
	for b.Loop() {
		for i, st := range []*stage{p.control, p.guarded} {
			name := []string{"without", "with"}[i]
			st.paints(b, name)
			st.manyNodes(b, name)
			st.mutations(b, name)
		}
		p.guarded.lag(b)
		p.guarded.switching(b)
	}
}

func (st *stage) page(b *testing.B, html string) *hand {
	b.Helper()
	h, err := st.visit(1, "figure", "", html, nil, "")
	if err != nil {
		b.Fatal(err)
	}
	return h
}

func ask[T any](b *testing.B, h *hand, js string) T {
	b.Helper()
	var v T
	if err := h.eval(js, &v); err != nil {
		b.Fatal(err)
	}
	return v
}

const smallPage = `<h1>Checkout</h1><p>Card CARD#<p>IBAN#<input value="MAIL#"><input type=password value=PASS#><table><tr><td>1<td>2</table>`

func (st *stage) paints(b *testing.B, name string) {
	var paints []float64
	for range 20 {
		h := st.page(b, smallPage)
		paints = append(paints, ask[float64](b, h, `performance.getEntriesByName('first-contentful-paint')[0].startTime`))
	}
	b.ReportMetric(middle(paints, 50), name+"-first-paint-ms")
}

const manyNodes = `<script>let s='';for(let i=0;i<10000;i++)s+='<tr><td>'+i+'<td>Row '+i*7919+'<td><b>'+(i*104729%1e6)+'</b>';document.write('<table>'+s+'</table>')</script>`

func (st *stage) manyNodes(b *testing.B, name string) {
	var loads []float64
	for range 3 {
		h := st.page(b, manyNodes)
		loads = append(loads, ask[float64](b, h, `performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd`))
	}
	b.ReportMetric(middle(loads, 50), name+"-50k-nodes-ms")
}

// mutations is the share of a page's time that a thousand mutations a second take, observers included.
func (st *stage) mutations(b *testing.B, name string) {
	h := st.page(b, manyNodes)
	took := ask[float64](b, h, `new Promise(done=>{const cells=document.querySelectorAll('td');let spent=0,n=0;const i=setInterval(()=>{
const t=performance.now();for(let k=0;k<100;k++){const c=cells[(n*101+k*17)%cells.length];if(k%3==0)c.textContent='x'+n+k;else if(k%3==1)c.firstChild.nodeValue='y'+n+k;else c.setAttribute('data-n',n+k)}
queueMicrotask(()=>spent+=performance.now()-t);if(++n==30){clearInterval(i);setTimeout(()=>done(spent/3),0)}},100)})`)
	b.ReportMetric(took, name+"-1000-mutations-ms/s")
}

// lag is how long a hidden value's change takes to the customer's layer.
func (st *stage) lag(b *testing.B) {
	var lags []float64
	done := make(chan struct{})
	seen := map[string]bool{}
	st.customer.mu.Lock()
	st.customer.onLayer = func(at time.Time, items []cobrowse.LayerItem) {
		for _, item := range items {
			sent, err := strconv.ParseInt(item.Text, 10, 64)
			if err != nil || seen[item.Text] || len(lags) >= 60 {
				continue
			}
			seen[item.Text] = true
			if lags = append(lags, float64(at.UnixMilli()-sent)); len(lags) == 60 {
				close(done)
			}
		}
	}
	st.customer.mu.Unlock()
	st.page(b, `<p class=m id=x>x</p><script>setInterval(()=>x.textContent=Date.now(),350)</script>`)
	select {
	case <-done:
	case <-time.After(time.Minute):
		b.Fatal("the layer does not follow")
	}
	st.customer.mu.Lock()
	st.customer.onLayer = nil
	st.customer.mu.Unlock()
	b.ReportMetric(middle(lags, 50), "layer-lag-p50-ms")
	b.ReportMetric(middle(lags, 95), "layer-lag-p95-ms")
}

// switching is what it costs that another person acts: presses in turns beside presses of one person.
func (st *stage) switching(b *testing.B) {
	h := st.page(b, `<p>x</p><script>addEventListener('pointerdown',()=>fetch('FIRE',{method:'POST'}),true)</script>`)
	press := func(who *person) float64 {
		before := st.site.count(func() int { return h.visit.fired })
		begin := time.Now()
		by := h.as(who)
		by.down(point{200, 200}, 0, 1)
		if !st.site.await(patience, func() bool { return h.visit.fired > before }) {
			b.Fatal("a press did not arrive")
		}
		took := time.Since(begin)
		by.up(point{200, 200}, 0, 1)
		return took.Seconds() * 1000
	}
	var same, turns []float64
	for range 20 {
		same = append(same, press(st.agent))
	}
	for i := range 40 {
		turns = append(turns, press([]*person{st.customer, st.agent}[i%2]))
	}
	b.ReportMetric(middle(same, 50), "press-same-person-ms")
	b.ReportMetric(middle(turns, 50), "press-in-turns-ms")
	b.ReportMetric(middle(turns, 95), "press-in-turns-p95-ms")
	fmt.Printf("actor switch: %.1f ms at p50\n", middle(turns, 50)-middle(same, 50))
}

// middle is a percentile.
func middle(all []float64, percent int) float64 {
	slices.Sort(all)
	return all[min(len(all)-1, len(all)*percent/100)]
}

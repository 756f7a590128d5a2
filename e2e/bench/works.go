package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// works are the pages that are measured; each does by itself what a person's session is made of.
var works = map[string]string{
	// A click flips a small patch.
	"patch": `<style>body{margin:0;font:16px sans-serif}#p{position:absolute;left:80px;top:80px;width:120px;height:60px;background:#003366}</style>
<div id=p></div><p style="margin:200px 80px">A page with a patch.</p>
<script>let on=false;addEventListener('mousedown',()=>{on=!on;p.style.background=on?'#ffcc00':'#003366'})</script>`,
	// A click replaces all text.
	"whole": `<style>body{margin:8px;font:15px/1.4 sans-serif}#p{position:absolute;left:80px;top:80px;width:120px;height:60px;background:#003366}</style>
<div id=p></div><div id=t></div>
<script>const words='the quick brown fox jumps over the lazy dog and then some more words to fill the page with text'.split(' ');let n=0;
const fill=()=>{let s='';for(let i=0;i<900;i++)s+=words[(i*7+n*13)%words.length]+' ';t.textContent=s;p.style.background=n++%2?'#ffcc00':'#003366'};
fill();addEventListener('mousedown',fill)</script>`,
	"static": `<body style="font:16px sans-serif"><h1>Nothing moves here</h1><p>` + strings.Repeat("It just stands. ", 200) + `</p>`,
	// Eight letters a second into a field.
	"typing": `<body style="font:16px sans-serif"><h1>Your address</h1><label>Street <input id=f size=60 autofocus></label>
<script>let i=0;setInterval(()=>{f.value=(f.value+'abcdefghij'[i++%10]).slice(-50)},125)</script>`,
	// Scrolls and rests like somebody who reads.
	"scroll": `<body style="font:17px/1.6 Georgia,serif;max-width:760px;margin:auto">%ARTICLE%
<script>let y=0,d=1;const step=(t)=>{if(t%4000<3000){y+=6*d;scrollTo(0,y);if(y>6000||y<0)d=-d}requestAnimationFrame(step)};requestAnimationFrame(step)</script>`,
	// 2 pixels in each of 60 frames a second.
	"carousel": carousel("16s"),
	// 2⅔ pixels: each frame draws its letters anew, which no codec predicts.
	"fractions": carousel("12s"),
}

func carousel(round string) string {
	return `<style>body{margin:0;font:20px sans-serif}.r{display:flex;width:3840px;animation:m ` + round + ` linear infinite}.r div{width:320px;height:400px;color:#fff;padding:20px;box-sizing:border-box}
@keyframes m{to{transform:translateX(-1920px)}}</style><h1>Offers</h1><div class=r>%CARDS%</div>`
}

// newWorks serves the pages at /<name>.
func newWorks(t testing.TB) *httptest.Server {
	t.Helper()
	fill := strings.NewReplacer("%ARTICLE%", article(), "%CARDS%", cards())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		html, ok := works[strings.Trim(r.URL.Path, "/")]
		if !ok {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<!doctype html><title>work</title>"+fill.Replace(html))
	}))
	t.Cleanup(server.Close)
	return server
}

// article is the same random prose in every run.
func article() string {
	rng := rand.New(rand.NewPCG(1, 2))
	words := strings.Fields("a customer reads this long article about the terms of a service while an agent points at the lines that matter most to both of them today")
	var b strings.Builder
	for range 60 {
		b.WriteString("<p>")
		for range 70 {
			b.WriteString(words[rng.IntN(len(words))] + " ")
		}
		b.WriteString("</p>")
	}
	return b.String()
}

func cards() string {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, `<div style="background:hsl(%d 60%% 40%%)"><h2>Offer %d</h2><p>Save %d %% today</p></div>`, i%6*60, i%6+1, 10+i%6*5)
	}
	return b.String()
}

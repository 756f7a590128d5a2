package privacy

import (
	"encoding/json"
	"fmt"
	"testing"

	"cobrowse-connector/cobrowse"
)

// maskCase is one way in which a page may show something private. Everything secret is magenta (class s): without protection
// the page must show it, with protection no painted frame may. Cyan (class k) must stay visible.
type maskCase struct {
	name  string
	html  string
	files map[string]string // further files of the case's folder
	do    func(p *page) error
	ms    int    // how long the case runs, 0 for what needs no time
	keep  bool   // there is something cyan
	layer string // what the private layer must hold
}

// maskPolicy is the defaults and a rule of the company, as the cases use it.
func maskPolicy() cobrowse.Policy {
	p := Defaults()
	p.Masks = append(p.Masks,
		cobrowse.MaskRule{ID: "secret", Selector: ".m, [data-secret]"},
		cobrowse.MaskRule{ID: "here", Site: "*.test", Selector: ".here"},
		cobrowse.MaskRule{ID: "elsewhere", Site: "shop.example", Selector: ".k"},
		cobrowse.MaskRule{ID: "reveal", Site: "a.test", Selector: "canvas.shown", Reveal: true})
	return p
}

func play(p *page, c maskCase, url string) error {
	if err := p.visit(url); err != nil {
		return err
	}
	if c.do != nil {
		if err := c.do(p); err != nil {
			return err
		}
	}
	return p.pause(c.ms)
}

// runControl says what is wrong when the secret cannot be seen without protection: the case would prove nothing.
func runControl(t *testing.T, p *page, c maskCase, url string, n int) string {
	if err := play(p, c, url); err != nil {
		return fmt.Sprintf("control: %v", err)
	}
	shot, err := p.screenshot()
	if err != nil {
		return fmt.Sprintf("control: %v", err)
	}
	most := 0
	for _, frame := range append(p.painted(), shot) {
		if secret, _, marker := pixels(t, frame); marker == n && secret > most {
			most = secret
		}
	}
	if most < enough {
		return fmt.Sprintf("control: only %d pixels of the secret: the case proves nothing", most)
	}
	return ""
}

func runMasked(t *testing.T, p *page, c maskCase, url string) {
	t.Helper()
	if err := play(p, c, url); err != nil {
		t.Error(err)
		return
	}
	shot, err := p.screenshot()
	if err != nil {
		t.Error(err)
		return
	}
	painted := false
	for i, frame := range append(p.painted(), shot) {
		secret, keep, marker := pixels(t, frame)
		if secret >= enough {
			t.Errorf("frame %d shows %d pixels of the secret", i, secret)
		}
		painted = painted || marker >= 0 && (keep >= enough || !c.keep)
	}
	if !painted {
		t.Error("nothing of the page is visible")
	}
	if c.layer != "" && !p.layerHolds(c.layer) {
		t.Errorf("the customer's layer has no %q", c.layer)
	}
}

func (p *page) painted() [][]byte {
	p.state.Lock()
	defer p.state.Unlock()
	return append([][]byte{}, p.frames...)
}

func (p *page) layerHolds(text string) bool {
	found := false
	_ = p.inEngines(`__cobrowse.collect()`, func(_ string, v json.RawMessage) {
		var layer struct{ Items []cobrowse.LayerItem }
		if json.Unmarshal(v, &layer) != nil {
			return
		}
		for _, item := range layer.Items {
			found = found || item.Text == text && item.Rect.W > 0
		}
	})
	return found
}

// TestPageMatchers holds page/pii.ts to the vectors of the Go matchers.
func TestPageMatchers(t *testing.T) {
	t.Parallel()
	js, err := bundleScript("vectors.ts")
	if err != nil {
		t.Fatal(err)
	}
	site := newCaseSite(t)
	p := caseTab(t, startChromium(t, nil), nil)
	if err := p.visit(site.serve(1, "vectors", "<p>vectors", nil)); err != nil {
		t.Fatal(err)
	}
	if err := p.eval(string(js), nil); err != nil {
		t.Fatal(err)
	}
	all := vectors(t)
	in, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	kinds, err := json.Marshal(Classes)
	if err != nil {
		t.Fatal(err)
	}
	var got [][]string
	if err := p.eval(fmt.Sprintf(`%s.map(v=>findKinds(v.In,%s))`, in, kinds), &got); err != nil {
		t.Fatal(err)
	}
	for i, v := range all {
		if fmt.Sprint(got[i]) != fmt.Sprint(v.Want) {
			t.Errorf("%q: got %v, want %v", v.In, got[i], v.Want)
		}
	}
}

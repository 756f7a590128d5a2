package privacy

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

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
	most := 0
	for looked, deadline := 0, time.Now().Add(paintTime); ; {
		shot, err := p.screenshot()
		if err != nil {
			return fmt.Sprintf("control: %v", err)
		}
		all := p.painted()
		for _, frame := range append(all[looked:], shot) {
			if secret, _, marker := pixels(t, frame); marker == n && secret > most {
				most = secret
			}
		}
		if most >= enough {
			return ""
		}
		if looked = len(all); time.Now().After(deadline) {
			return fmt.Sprintf("control: only %d pixels of the secret: the case proves nothing", most)
		}
		if err := p.pause(50); err != nil {
			return fmt.Sprintf("control: %v", err)
		}
	}
}

// paintTime is how long a page may take to show what it has to show, on a machine that is busy.
const paintTime = 45 * time.Second

func runMasked(t *testing.T, p *page, c maskCase, url string, n int) {
	t.Helper()
	if err := play(p, c, url); err != nil {
		t.Error(err)
		return
	}
	painted := false
	for looked, deadline := 0, time.Now().Add(paintTime); ; {
		shot, err := p.screenshot()
		if err != nil {
			t.Error(err)
			return
		}
		all := p.painted()
		for i, frame := range append(all[looked:], shot) {
			secret, keep, marker := pixels(t, frame)
			if secret >= enough {
				t.Errorf("frame %d shows %d pixels of the secret", looked+i, secret)
			}
			painted = painted || marker == n && (keep >= enough || !c.keep)
		}
		held := c.layer == "" || p.layerHolds(c.layer)
		if painted && held {
			return
		}
		if looked = len(all); time.Now().After(deadline) {
			t.Errorf("something of the page is visible: %v; the customer's layer has %q: %v", painted, c.layer, held)
			return
		}
		if err := p.pause(50); err != nil {
			t.Error(err)
			return
		}
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

package bench

import (
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/config"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
	"cobrowse-connector/e2e/product"
)

const (
	clickRounds    = 4
	clicksPerRound = 25
	loadRounds     = 2
	loadTime       = 4 * time.Second
	// settleTime is longer than the refinement at rest takes.
	settleTime = time.Second
)

// screen holds the whole streamed page at its own size, with the widget's bars around it.
var screen = people.Screen{Width: 1440, Height: 960}

// sessionChromium is in the path of each session's profile folder.
const sessionChromium = "/cobrowse-"

// start runs the product with works as the page that sessions open. It returns the folder of its data, too.
func start(t testing.TB, works *httptest.Server, warm int) (d *demo.Demo, data string) {
	t.Helper()
	d = product.StartWith(t, demo.Options{
		Warm:      warm,
		Configure: func(c *config.Config) { data = c.DataDir },
		Settle: func(s *company.Settings) {
			s.StartURL = works.URL + "/static"
			s.Policy.Private = append(s.Policy.Private, strings.TrimPrefix(works.URL, "http://"))
		},
	})
	return d, data
}

// ourViewer is an agent in a live session.
func ourViewer(t testing.TB, works *httptest.Server) *viewer {
	t.Helper()
	d, data := start(t, works, 0)
	customer, pin := customer(t, d)
	agent := people.New(t, "agent", screen)
	agent.BeforeEveryPage(probe)
	agent.Open(d.Service + "/agent#launch=" + launch(t, d))
	agent.Fill("#pin", strings.ReplaceAll(pin, " ", ""))
	agent.Press("Start co-browse")
	agent.Until("the first picture", "document.querySelector('main.live')?.dataset.veil === '' && __canvas().w > 300")
	return &viewer{Person: agent, name: "product", profile: sessionChromium,
		show: func(work string) { customer.navigate(works.URL + "/" + work) },
		open: func(work string) {
			customer.send(map[string]any{"type": "tab", "op": "open", "url": works.URL + "/" + work})
		},
		recorded: func(t testing.TB) float64 { return folderSize(t, filepath.Join(data, "recordings")) },
	}
}

// folderSize is how many bytes the files below a folder have.
func folderSize(t testing.TB, folder string) float64 {
	t.Helper()
	var sum int64
	err := filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return float64(sum)
}

// baselineViewer is somebody in front of the screencast. Its recording would be the very JPEGs that it received.
func baselineViewer(t testing.TB, works *httptest.Server) *viewer {
	t.Helper()
	cast := newScreencast(t, width, height)
	cast.show(t, works.URL+"/static")
	p := people.New(t, "viewer", screen)
	p.BeforeEveryPage(probe)
	p.Open(cast.URL)
	p.Until("the first picture", "__frames > 0")
	return &viewer{Person: p, name: "jpeg", profile: cast.Profile,
		show:     func(work string) { cast.show(t, works.URL+"/"+work) },
		recorded: func(testing.TB) float64 { return people.Eval[float64](p, "__bytes") },
	}
}

// BenchmarkSession measures a live session beside the baseline, in turns. Whoever is not measured shows a page at rest. Each part can be
// run alone: -bench 'Session/clicks/patch'.
func BenchmarkSession(b *testing.B) {
	works := newWorks(b)
	both := []*viewer{ourViewer(b, works), baselineViewer(b, works)}
	b.Run("clicks", func(b *testing.B) {
		for _, work := range []string{"patch", "whole"} {
			b.Run(work, func(b *testing.B) { measured(b, func(out io.Writer) { measureClicks(b, out, work, both) }) })
		}
	})
	b.Run("loads", func(b *testing.B) {
		for _, work := range []string{"static", "typing", "scroll", "carousel", "fractions"} {
			b.Run(work, func(b *testing.B) { measured(b, func(out io.Writer) { measureLoad(b, out, work, both) }) })
		}
	})
	b.Run("memory", func(b *testing.B) { measured(b, func(out io.Writer) { measureMemory(b, out, both) }) })
}

// measured prints what measure says as a table.
func measured(b *testing.B, measure func(io.Writer)) {
	for b.Loop() {
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		measure(out)
		if err := out.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

func measureClicks(b *testing.B, out io.Writer, work string, both []*viewer) {
	fmt.Fprintf(out, "\nclick to picture\t\tclicks\tp50 ms\tp95 ms\tmin ms\tother cores\t\n")
	took := map[*viewer][]time.Duration{}
	others := map[*viewer]float64{}
	for range clickRounds {
		for _, v := range both {
			v.show(work)
			v.Until("the patch is there", fmt.Sprintf("__pixel(%d, %d).join() && Math.abs(__pixel(%d, %d)[2] - 102) < 40", patchX, patchY, patchX, patchY))
			<-time.After(settleTime)
			before := lookAround(b)
			for range clicksPerRound {
				took[v] = append(took[v], v.click())
				<-time.After(100*time.Millisecond + rand.N(300*time.Millisecond)) // as irregular as a hand
			}
			others[v] += lookAround(b).othersSince(before) / clickRounds
			v.rest()
		}
	}
	for _, v := range both {
		p50, p95 := percentile(took[v], 50), percentile(took[v], 95)
		fmt.Fprintf(out, "%s\t%s\t%d\t%.1f\t%.1f\t%.1f\t%.2f\t\n", work, v.name, len(took[v]), p50, p95, percentile(took[v], 0), others[v])
		b.ReportMetric(p50, v.name+"-p50-ms")
		b.ReportMetric(p95, v.name+"-p95-ms")
	}
}

// rest shows the page that costs nothing. It has come to rest when the other one has settled.
func (v *viewer) rest() { v.show("static") }

func measureLoad(b *testing.B, out io.Writer, work string, both []*viewer) {
	fmt.Fprintf(out, "\nload\t\tpictures/s\tkbit/s\tChromium cores\tservice cores\trecorded kB/min\tother cores\t\n")
	sum := map[*viewer]load{}
	for range loadRounds {
		for _, v := range both {
			v.show(work)
			<-time.After(settleTime)
			sum[v] = sum[v].plus(v.watch(b, loadTime))
			v.rest()
		}
	}
	for _, v := range both {
		l := sum[v].by(loadRounds)
		fmt.Fprintf(out, "%s\t%s\t%.1f\t%.1f\t%.3f\t%.3f\t%.0f\t%.2f\t\n", work, v.name, l.pictures, l.kbits, l.cores, l.service, l.kept/1000, l.other)
		b.ReportMetric(l.kbits, v.name+"-kbit/s")
		b.ReportMetric(l.cores, v.name+"-cores")
	}
}

func measureMemory(b *testing.B, out io.Writer, both []*viewer) {
	fmt.Fprintf(out, "\nmemory\tMiB PSS\t\n")
	for _, v := range both {
		pss := memory(b, v.profile)
		fmt.Fprintf(out, "%s\t%.0f\t\n", v.name, pss)
		b.ReportMetric(pss, v.name+"-MiB")
	}
}

func (l load) plus(m load) load {
	return load{l.pictures + m.pictures, l.kbits + m.kbits, l.cores + m.cores, l.service + m.service, l.kept + m.kept, l.other + m.other}
}

func (l load) by(n float64) load {
	return load{l.pictures / n, l.kbits / n, l.cores / n, l.service / n, l.kept / n, l.other / n}
}

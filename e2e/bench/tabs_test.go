package bench

import (
	"fmt"
	"os"
	"testing"
	"text/tabwriter"
	"time"

	"cobrowse-connector/e2e/people"
)

const switches = 40

// armFor times how long it takes from a press of the mouse to a colour on the canvas. A picture that is taken away meanwhile does not count.
const armFor = `((x, y, want) => {
  window.__took = null;
  let pressed = 0;
  addEventListener('pointerdown', (e) => { pressed = e.timeStamp }, { capture: true, once: true });
  const look = () => {
    const now = __pixel(x, y);
    if (pressed && want.every((v, i) => Math.abs(now[i] - v) < 40)) window.__took = performance.now() - pressed;
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  return true;
})`

// BenchmarkTabSwitch measures from an agent's press on another tab to its picture, behind its masks.
func BenchmarkTabSwitch(b *testing.B) {
	v := ourViewer(b, newWorks(b))
	v.show("static")
	v.open("patch")
	v.Until("both tabs", "document.querySelectorAll('.tab').length === 2 && document.querySelector('.tab:nth-child(2).shown')")
	<-time.After(settleTime)
	for b.Loop() {
		var took []time.Duration
		before := lookAround(b)
		for i := range switches {
			colour := []string{"[255, 255, 255]", "[0, 51, 102]"}[i%2]
			people.Eval[bool](v.Person, fmt.Sprintf("%s(%d, %d, %s)", armFor, patchX, patchY, colour))
			v.Click(fmt.Sprintf(".tab:nth-child(%d) .pick", i%2+1))
			v.Until("the other tab is there", "window.__took")
			took = append(took, time.Duration(people.Eval[float64](v.Person, "__took")*float64(time.Millisecond)))
			<-time.After(settleTime / 4)
		}
		out := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(out, "\ntab switch\tp50 ms\tp95 ms\tmin ms\tother cores\t\n%d\t%.1f\t%.1f\t%.1f\t%.2f\t\n", len(took),
			percentile(took, 50), percentile(took, 95), percentile(took, 0), lookAround(b).othersSince(before))
		b.ReportMetric(percentile(took, 50), "switch-p50-ms")
		b.ReportMetric(percentile(took, 95), "switch-p95-ms")
		if err := out.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

package bench

import (
	"fmt"
	"testing"
	"time"
)

const rejoins = 20

// BenchmarkRejoin measures how long a page at rest is away for somebody who comes back: from the wish to connect until the first picture
// arrives.
func BenchmarkRejoin(b *testing.B) {
	works := newWorks(b)
	d, _ := start(b, works, 0)
	asked := post[struct{ Pin, Token string }](b, d.Service+"/v1/join/"+d.Company+"/pins", "", struct{}{})
	tokens := map[string]string{"customer": asked.Token}
	here := map[string]*socket{"customer": join(b, d, asked.Token, true)}
	agent := post[struct{ Token string }](b, d.Service+"/v1/agent/launch", "", map[string]string{"launch": launch(b, d)}).Token
	claimed := post[struct{ Session struct{ ID string } }](b, d.Service+"/v1/agent/pins/claim", agent, map[string]string{"pin": asked.Pin})
	tokens["agent"] = post[struct{ Token string }](b, d.Service+"/v1/agent/sessions/"+claimed.Session.ID+"/join", agent, struct{}{}).Token
	here["agent"] = join(b, d, tokens["agent"], false)
	for _, s := range here {
		s.picture()
	}
	for b.Loop() {
		fmt.Printf("\nrejoin to picture\ttimes\tp50 ms\tmax ms\n")
		for _, who := range []string{"customer", "agent"} {
			var took []time.Duration
			for range rejoins {
				<-time.After(settleTime)
				_ = here[who].conn.CloseNow()
				here[who].over()
				begin := time.Now()
				here[who] = join(b, d, tokens[who], false)
				here[who].picture()
				took = append(took, time.Since(begin))
			}
			fmt.Printf("%s\t%d\t%.0f\t%.0f\n", who, len(took), percentile(took, 50), percentile(took, 100))
			b.ReportMetric(percentile(took, 50), who+"-rejoin-p50-ms")
			b.ReportMetric(percentile(took, 100), who+"-rejoin-max-ms")
		}
	}
}

package cobrowse_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cobrowse-connector/cobrowse"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestSummary(t *testing.T) {
	play(t, nil, func(sc *scene) {
		customer, agent := sc.live()
		sc.b.Guard(cobrowse.InputDown, "Buy secret")
		time.Sleep(10 * time.Second)
		for range 8 { // a password: one action
			customer.must(input("t1", cobrowse.InputKeyDown))
			time.Sleep(100 * time.Millisecond)
		}
		agent.must(click("t1"))
		time.Sleep(time.Second)
		agent.must(click("t1"))
		sc.b.Visit("t1", "https://shop.example/secret?x", "Your secret order")
		time.Sleep(20 * time.Second)
		customer.must(cobrowse.Pause{})
		sc.b.Visit("t1", "https://bank.example/", "Account")
		customer.must(click("t1"))
		time.Sleep(time.Minute)
		sc.b.Visit("t1", "https://shop.example/", "Shop")
		synctest.Wait()
		customer.must(cobrowse.Resume{})
		for range 10 { // two scrolls
			agent.must(input("t1", cobrowse.InputWheel))
		}
		time.Sleep(5 * time.Second)
		agent.must(input("t1", cobrowse.InputWheel))
		agent.must(cobrowse.End{Outcome: "followup", Note: "call back"})
		got, err := json.MarshalIndent(sc.over().Summary, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "summary.json", append(got, '\n'))
		var track []byte
		for _, e := range sc.rec.Events() {
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			track = append(append(track, line...), '\n')
		}
		golden(t, "track.jsonl", track)
	})
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v: run the test with -update to write it", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

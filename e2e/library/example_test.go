package library

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"cobrowse-connector/e2e/people"
)

// pixel is the colour in the middle of the shared page.
const pixel = "document.querySelector('canvas').getContext('2d').getImageData(512, 320, 1, 1).data.slice(0, 3).join()"

// TestExample: two plain windows share a browser, with its masks, and both act in it.
func TestExample(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, `<body style="background:#ff0000"><p>Paid from DE89 3704 0044 0532 0130 00<script>onclick = () => document.body.style.background = '#0000ff'</script>`)
	}))
	t.Cleanup(site.Close)
	address := start(t, site.URL)
	customer, agent := people.New(t, "customer", people.Desktop), people.New(t, "agent", people.Desktop)
	customer.Open(address + "/customer")
	agent.Open(address + "/agent")
	agent.Until("the agent waits", "word.textContent === 'waiting'")
	customer.Press("Let the other person in")
	for _, p := range []*people.Person{customer, agent} {
		p.Until("the picture", like(255, 0, 0))
	}
	customer.Until("what is hidden from others", "layer.textContent.includes('DE89')")
	agent.Shot("library")
	customer.Shot("library")
	if words := people.Eval[string](agent, "layer.textContent"); words != "" {
		t.Errorf("the agent gets %q", words)
	}
	agent.Click("canvas")
	for _, p := range []*people.Person{customer, agent} {
		p.Until("what the agent did", like(0, 0, 255))
	}
}

// like tells whether the middle has about this colour: stills are JPEG.
func like(r, g, b int) string {
	return fmt.Sprintf("((p) => p.every((v, i) => Math.abs(v - [%d, %d, %d][i]) < 40))(%s.split(','))", r, g, b, pixel)
}

// start builds the example and runs it until the test ends.
func start(t *testing.T, page string) (address string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "library-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	program := filepath.Join(dir, "example")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "cobrowse-connector/cobrowse/example").CombinedOutput(); err != nil {
		t.Fatalf("the example does not build: %v\n%s", err, out)
	}
	cmd := exec.Command(program, "-listen", "127.0.0.1:0", page) //nolint:noctx // it ends with a signal
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the example did not end in good order: %v", err)
		}
	})
	line, err := bufio.NewReader(stderr).ReadString('\n')
	found := regexp.MustCompile(`http://[\d.:]+`).FindString(line)
	if err != nil || found == "" {
		t.Fatalf("the example says %q: %v", line, err)
	}
	return found
}

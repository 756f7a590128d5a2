package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"cobrowse-connector/cobrowse"
	"cobrowse-connector/connector/company"
	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// organ plays 440 Hz from one press to the next.
const organ = `<!doctype html><title>Organ</title><meta name="viewport" content="width=device-width"><body style="margin:0;font:24px sans-serif"><h1>Organ</h1>
<button style="position:fixed;inset:120px 20px 20px;font:inherit">Play a tone, or stop it</button><script>
	let audio, tone;
	document.querySelector('button').onclick = () => {
		if (tone) { tone.stop(); tone = undefined; return }
		audio ??= new AudioContext();
		tone = audio.createOscillator();
		tone.frequency.value = 440;
		tone.connect(audio.destination);
		tone.start();
	};
</script>`

// ears note how much of what a page plays is 440 Hz.
const ears = `(() => {
  window.__heard = 0;
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (at) {
    const samples = this.buffer.getChannelData(0);
    let re = 0, im = 0, all = 0;
    samples.forEach((x, i) => {
      const turn = 2 * Math.PI * 440 * i / this.buffer.sampleRate;
      re += x * Math.cos(turn), im += x * Math.sin(turn), all += x * x;
    });
    if (all > 1 && 2 * (re * re + im * im) / (samples.length * all) > .8) window.__heard++;
    start.call(this, at);
  };
  return true;
})()`

// organHall is a site with an organ, to which the demo's company lets people go and whose agents may listen.
func organHall(t *testing.T) (address string, o demo.Options) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, organ)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/", demo.Options{Settle: func(c *company.Settings) {
		c.Policy.Private = append(c.Policy.Private, strings.TrimPrefix(s.URL, "http://"))
		c.Policy.Rights = append(slices.Clone(cobrowse.AllAgentRights), cobrowse.RightSound)
	}}
}

// hears440 waits until a page plays the tone, from now on.
func (h hands) hears440(what string) {
	people.Eval[bool](h.Person, "(__heard = 0, true)")
	h.Until(what, "__heard > 10")
}

// TestSound: nobody hears the page before they want to. Then both do, the agent not in a pause; and the customer has it off again.
func TestSound(t *testing.T) {
	address, options := organHall(t)
	c := newCallWith(t, options)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.expand()
	for _, p := range []hands{c.agent, c.customer} {
		people.Eval[bool](p.Person, ears)
	}
	c.customer.Fill("input[aria-label=Address]", address+"\r")
	c.customer.Until("the organ", "document.querySelector('input[aria-label=Address]').value === '"+address+"'")
	c.agent.Reads(".tab", "Organ") // its masks are known then: the picture before it is gone
	c.agent.Until("its picture", "document.querySelector('main.live').dataset.veil === ''")
	if c.agent.oracle.Open(address); people.Eval[bool](c.agent.Person, "document.querySelector('#sound') !== null") {
		t.Error("there is a button for the sound of a page that makes none")
	}

	c.customer.click("button")
	c.customer.Hears("This page makes sound")
	c.customer.Shot("sound offered")
	c.customer.Press("Turn the page's sound on")
	c.customer.hears440("the customer hears the tone")
	if n := people.Eval[int](c.agent.Person, "__heard"); n > 0 {
		t.Errorf("the agent heard %d parts without asking", n)
	}
	c.agent.Press("Turn the page's sound on")
	c.agent.hears440("the agent hears the tone")
	c.customer.hears440("the customer still hears it")
	c.desk.Shot("sound on")
	c.customer.Shot("sound on")

	c.customer.Press("Stop")
	c.agent.Until("the agent is paused", "document.querySelector('main.live').dataset.veil === 'paused'")
	people.Eval[bool](c.agent.Person, "(__heard = 0, true)")
	c.customer.hears440("the customer hears it in the pause")
	if n := people.Eval[int](c.agent.Person, "__heard"); n > 0 {
		t.Errorf("the agent heard %d parts in the pause", n)
	}
	c.customer.Press("Continue")
	c.agent.hears440("the agent hears again")

	c.customer.Press("Turn the page's sound off")
	c.agent.hears440("the agent goes on hearing")
	people.Eval[bool](c.customer.Person, "(__heard = 0, true)")
	c.agent.hears440("the agent goes on hearing while the customer does not")
	if n := people.Eval[int](c.customer.Person, "__heard"); n > 0 {
		t.Errorf("the customer heard %d parts with the sound off", n)
	}
	c.customer.Fit(people.Phone)
	c.customer.Until("a phone's page", "document.querySelector('canvas').width === 390 || document.querySelector('canvas').width === 780")
	c.customer.Shot("sound on a phone")
}

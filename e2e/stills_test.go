package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"cobrowse-connector/connector/demo"
	"cobrowse-connector/e2e/people"
)

// codecsTold is put before a page: it keeps what the service said about the pictures that come.
const codecsTold = `window.__codecs = [];
window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    this.addEventListener('message', ({ data }) => {
      const message = typeof data === 'string' ? JSON.parse(data) : {};
      if (message.type === 'picture') window.__codecs.push(message.codec);
    });
  }
};`

// TestStillsForTheCustomer: a browser without a decoder, as Firefox on phones, is in one session with one that has it.
func TestStillsForTheCustomer(t *testing.T) {
	c := newCall(t)
	c.customer.BeforeEveryPage("delete window.VideoDecoder;" + codecsTold)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.customer.Shot("stills")
	c.expand()
	c.actTogether()
	c.fillCheckout()
	c.onlyCustomerBuys()
	c.pauseAndContinue()
	if codecs := people.Eval[[]string](c.customer.Person, "__codecs"); len(codecs) == 0 || slices.ContainsFunc(codecs, func(codec string) bool { return codec != "jpeg" }) {
		t.Errorf("the customer gets %v", codecs)
	}
	c.end()
	caseID := c.demo.Timelines[1].URL[strings.LastIndex(c.demo.Timelines[1].URL, "/")+1:]
	c.delivered(caseID)
	c.recordedNothing(c.attached(caseID, ".webm")) // it is the video, of one size and codec
}

// TestStillsWithoutEncryption: at a plain http address in a private network no browser has a decoder. Both work together all the same.
func TestStillsWithoutEncryption(t *testing.T) {
	const name = "cobrowse.lan"
	c := newCallWith(t, demo.Options{Host: name}, chromedp.Flag("host-resolver-rules", "MAP "+name+" 127.0.0.1"))
	c.customer.Open(c.demo.Join)
	if people.Eval[bool](c.customer.Person, "isSecureContext || 'VideoDecoder' in window") {
		t.Fatal("this is no test")
	}
	c.customer.Press("Get my PIN")
	c.share()
	c.desk.Shot("plain-http")
	c.expand()
	c.actTogether()
	c.fillCheckout()
	c.onlyCustomerBuys()
	c.pauseAndContinue()
	c.end()
}

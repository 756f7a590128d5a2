package e2e

import (
	"testing"

	"cobrowse-connector/e2e/people"
)

// claims is put before a page: it decodes what this browser decodes, but admits to one codec only, another one after claim.
const claims = `(() => {
  const claimed = sessionStorage.getItem('claimed') ?? 'vp09';
  const asked = VideoDecoder.isConfigSupported.bind(VideoDecoder);
  VideoDecoder.isConfigSupported = (config) => config.codec.startsWith(claimed) ? asked(config) : Promise.resolve({supported: false, config});
  window.__claim = (codec) => (sessionStorage.setItem('claimed', codec), true);
})();`

// TestViewerThatClaimsLess: the picture comes as all can see it, and goes on for the other when somebody comes back with less.
func TestViewerThatClaimsLess(t *testing.T) {
	c := newCall(t)
	c.customer.BeforeEveryPage(claims + codecsTold)
	c.customer.Open(c.demo.Join)
	c.customer.Press("Get my PIN")
	c.share()
	c.customer.Until("VP9", "__codecs.at(-1) === 'vp09.00.40.08'")
	people.Eval[bool](c.customer.Person, "__claim('avc1')")
	c.customer.Reload()
	c.customer.Until("H.264", "__codecs.at(-1)?.startsWith('avc1') && document.querySelector('canvas')?.width > 300")
	c.expand()
	c.goTo("/p/aurora") // the agent's veil lifts with a picture of the new page
	c.agent.Until("its picture", "!__blank()")
	c.end()
}

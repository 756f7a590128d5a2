package browser

import (
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/emulation"
)

// saysPhone tells whether sites hear that the shared browser is a phone's. Caller holds mu.
func (b *Browser) saysPhone() bool {
	return b.viewport.Mobile && b.spec.Policy.SaysPhone() && b.chrome != nil
}

// phoneAgent is the name by which this Chromium would go on a phone: many sites have another page for those and look at nothing else.
// Chrome on phones names neither model nor version of the system there, so no more is made up than any of them tells.
func phoneAgent(version string) emulation.SetUserAgentOverrideParams {
	major, _, _ := strings.Cut(version, ".")
	brands := []*emulation.UserAgentBrandVersion{{Brand: "Chromium", Version: major}, {Brand: "Not.A/Brand", Version: "24"}}
	return emulation.SetUserAgentOverrideParams{
		UserAgent: fmt.Sprintf("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%s.0.0.0 Mobile Safari/537.36", major),
		Platform:  "Linux armv81",
		UserAgentMetadata: &emulation.UserAgentMetadata{
			Brands: brands, FullVersionList: brands, Platform: "Android", Mobile: true, FormFactors: []string{"Mobile"},
		},
	}
}

package cobrowse

import (
	"net/url"
	"strings"
	"sync/atomic"
)

// wordless are the sites of which agents see no text. What their pages say in titles and dialogs is text like any other.
type wordless struct{ modes atomic.Pointer[[]SiteMode] }

func newWordless(modes []SiteMode) *wordless {
	w := &wordless{}
	w.change(modes)
	return w
}

func (w *wordless) change(modes []SiteMode) { w.modes.Store(&modes) }

// has tells whether the page at an address is of such a site. An address without a host may belong to any.
func (w *wordless) has(address string) bool {
	host := ""
	if u, err := url.Parse(address); err == nil {
		host = strings.TrimRight(strings.ToLower(u.Hostname()), ".")
	}
	for _, m := range *w.modes.Load() {
		if m.Mode != "inputs" && (m.Site == "" || host == "" || siteMatches(m.Site, host)) {
			return true
		}
	}
	return false
}

// siteMatches takes *.example for example and everything below it.
func siteMatches(site, host string) bool {
	above, isBelow := strings.CutPrefix(site, "*.")
	return host == above || isBelow && strings.HasSuffix(host, "."+above)
}

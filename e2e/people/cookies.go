package people

import "fmt"

// How Chromium's settings number what happens to the cookies of pages in frames of other sites.
const (
	cookiesSent    = 0
	cookiesBlocked = 1
)

// ThirdPartyCookies chooses in the browser's settings whether pages in frames of other sites get their cookies. Chrome and Edge come with yes,
// Debian's Chromium with no. The person is at the settings afterwards.
func (p *Person) ThirdPartyCookies(sent bool) {
	p.t.Helper()
	mode := cookiesBlocked
	if sent {
		mode = cookiesSent
	}
	p.Open("chrome://settings/cookies")
	if !Eval[bool](p, fmt.Sprintf(`new Promise((done) => chrome.settingsPrivate.setPref('profile.cookie_controls_mode', %d, '', done))`, mode)) {
		p.t.Fatal("the browser does not take the setting for cookies")
	}
}

package desks

import (
	"testing"

	"github.com/chromedp/chromedp"

	"cobrowse-connector/e2e/people"
)

// says are the words of the sign-in pages in one language.
type says struct{ what, button, refused, again, waiting, window, goOn, alone string }

// TestSignInPages in both languages, on each screen that they are met on.
func TestSignInPages(t *testing.T) {
	for language, w := range map[string]says{
		"en": {"Sign in with your work account", "Sign in", "lacks the right", "Sign in again", "press again", "sign-in of your organisation", "Continue", "belongs to the sign-in"},
		"pt-BR": {"Entre com sua conta de trabalho", "Entrar", "não tem a permissão", "Entrar de novo", "clique de novo", "acesso da sua organização", "Continuar",
			"faz parte do acesso"},
	} {
		t.Run(language, func(t *testing.T) {
			c := newContactCentre(t)
			speaking := chromedp.Flag("accept-lang", language)
			for _, page := range []struct {
				name, path string
				screen     people.Screen
			}{{"console", "/console", people.Desktop}, {"player", "/watch/00000000-0000-4000-8000-000000000000", people.Phone}} {
				visitor := c.person(page.name+" "+language, page.screen, speaking)
				visitor.Open(c.Service + page.path + "?company=" + c.Company)
				c.refused(visitor, visitor, w, func() { visitor.NewTab(func() { visitor.Press(w.button) }).Press("Sign in Otto Brandt") })
			}
			ana := c.person("widget "+language, people.Desktop, speaking)
			ana.Open(c.workspace.Shows(Setup{Service: c.Service, Company: c.Company, Surface: Pane, Conversations: c.chats()}))
			widget := ana.Frame(c.Service+"/agent", ".cobrowse-pane:not([hidden]) iframe")
			c.refused(ana, widget, w, func() {
				ours := ana.NewTab(func() { widget.Press(w.button) })
				ours.Fit(people.Screen{Width: 520, Height: 640})
				ours.Reads("main.signin", w.window)
				looked(ours, ours, "window")
				entra := ours.NewTab(func() { ours.Press(w.goOn) })
				ours.Reads("[role=status]", w.waiting)
				looked(ours, ours, "window-waiting")
				widget.Reads("[role=status]", w.waiting)
				looked(ana, widget, "waiting")
				entra.Press("Sign in Otto Brandt")
			})
			ana.Open(c.Service + "/sign-in?company=" + c.Company)
			ana.Reads("[role=alert]", w.alone)
			looked(ana, ana, "alone")
		})
	}
}

// refused is somebody without a role at a page or in a frame of it, who is told so in their words after signing in.
func (c *contactCentre) refused(visitor, page *people.Person, w says, signIn func()) {
	c.t.Helper()
	page.Reads("main.signin", w.what)
	looked(visitor, page, "signin")
	signIn()
	page.Reads("main.signin [role=alert]", w.refused)
	page.Reads("main.signin button", w.again)
	looked(visitor, page, "refused")
}

func looked(visitor, page *people.Person, at string) {
	visitor.Shot(at)
	page.Accessible()
}

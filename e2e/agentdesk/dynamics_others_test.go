package agentdesk

import (
	"testing"

	"cobrowse-connector/e2e/desks"
	"cobrowse-connector/e2e/people"
)

// TestChannelProvider: it follows the cases that the agent opens and nothing else, and makes itself wide by the framework.
func TestChannelProvider(t *testing.T) {
	s := startDynamics(t)
	ana := people.New(t, "dynamics provider", people.Desktop)
	ana.Open(desks.Dynamics(t).Shows(workspace(s.address, desks.CIF)))
	provider := ana.Frame(s.address+"/desk/cif", "iframe.cif") // and the widget in it, of the same origin
	provider.See("#pin")
	ana.Shot("provider")
	if target := s.opened(); target != "incident:"+coatID {
		t.Errorf("the first frame is about %s", target)
	}
	people.Eval[any](ana, "mock.navigate(location.origin + '/main.aspx?pagetype=entityrecord&etn=contact&id="+mariaID+"')")
	ana.Press("James's card is refused")
	provider.Until("the other case has a frame of its own", "document.querySelectorAll('.cobrowse-pane').length === 2")
	provider.Fill("#pin", "483920")
	if target := s.opened(); target != "incident:"+cardID {
		t.Errorf("the second frame is about %s", target)
	}
	provider.Press("Start co-browse")
	s.waitForSocket()
	s.say(welcome("live", agent, customer), tabs, object{"type": "gate", "open": true, "reason": ""})
	s.picture()
	provider.See("main[data-state=live][data-veil='']")
	ana.Until("the panel is beside the page", desks.Did("setMode", "args", "1"))
	provider.Click("#expand")
	ana.Until("the panel is wide", desks.Did("setWidth", "args", "900"))
	ana.Shot("provider-wide")
}

// TestChannelProviderOutsideOfDynamics: whoever opens its page by itself reads where it belongs.
func TestChannelProviderOutsideOfDynamics(t *testing.T) {
	s := startDynamics(t)
	ana := people.New(t, "provider alone", people.Desktop)
	ana.Open(s.address + "/desk/cif?company=northwind")
	ana.Reads("#desk", "inside Dynamics only")
	ana.Shot("page")
	ana.Accessible()
}

// TestOtherDesktop: the driver adds co-browse to Microsoft's widget in another desktop; the agent copies the link.
func TestOtherDesktop(t *testing.T) {
	s := startDynamics(t)
	ana := people.New(t, "dynamics embedded", people.Screen{Width: 400, Height: 640})
	ana.Open(desks.Dynamics(t).Shows(workspace(s.address, desks.Pane)) + "/embedded")
	ana.Press("Open co-browse")
	widget := ana.Frame(s.address+"/agent", ".cobrowse-pane:not([hidden]) iframe")
	widget.See("#send-link")
	ana.Shot("embedded")
	widget.Press("Create join link")
	s.waitForSocket()
	s.say(welcome("requested", agent))
	widget.Reads(".invite", "Copy the link")
	ana.Shot("embedded-link")
	ana.Press("Close co-browse")
	ana.Press("James Carter")
	ana.Press("Open co-browse")
	ana.Until("the other conversation has a frame of its own", "document.querySelectorAll('.cobrowse-pane').length === 2")
	people.Eval[any](ana, "mock.sdk.turn('"+callID+"', 4)")
	ana.Until("a conversation that is over has none", "document.querySelectorAll('.cobrowse-pane').length === 1")
}

// TestOtherDesktopWithoutItsSDK: the driver says that it cannot, and adds nothing.
func TestOtherDesktopWithoutItsSDK(t *testing.T) {
	s := startDynamics(t)
	setup := workspace(s.address, desks.Pane)
	setup.Without = []string{"EmbedSDK"}
	ana := people.New(t, "dynamics bare", people.Screen{Width: 400, Height: 640})
	ana.Open(desks.Dynamics(t).Shows(setup) + "/embedded")
	ana.Until("the driver says so", desks.Did("initialized", "ready", "false"))
	ana.Gone(".cobrowse-tab")
}

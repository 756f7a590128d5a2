package main

// page is one HTML page. Its files are below src; its styles and its script are bundled, and it refers to the hashed files.
type page struct {
	Out    string // path below dist
	Title  string // until the script knows better
	Styles []string
	Script string
	// Root is the id of the element that the script fills; "" = the body.
	Root string
	// WholeScreen: it reaches under a phone's notch, and makes room for the keyboard.
	WholeScreen bool
	// Before is the address of a script that is there before the page's own.
	Before string
	// Texts is the page's part of the catalogues: "agent." for agent.en.json and its like.
	Texts string
	// Budget caps the scripts that the first view loads, in bytes after gzip; 0 = no cap.
	Budget int
}

// script is one script that foreign sites load by a name that never changes.
type script struct {
	Out    string
	Source string
	Budget int
}

// customerBudget: customers come on phones, over whatever network they have while they are on hold.
const customerBudget = 80_000

const (
	customerStyle = "customer/customer.css"
	signInStyle   = "signin/signin.css"
)

var pages = []page{
	{Out: "join.html", Title: "Co-browse", Styles: []string{customerStyle}, Script: "join/main.ts", WholeScreen: true, Budget: customerBudget},
	{Out: "j.html", Title: "Co-browse", Styles: []string{customerStyle}, Script: "customer/ticket.ts", WholeScreen: true, Budget: customerBudget},
	{Out: "watch.html", Title: "Recording", Styles: []string{"player/player.css", signInStyle}, Script: "player/main.tsx", Texts: "player."},
	{Out: "agent.html", Title: "Co-browse", Styles: []string{"agent/agent.css", signInStyle}, Script: "agent/main.tsx", Root: "app", Texts: "agent."},
	{Out: "console.html", Title: "Co-browse console", Styles: []string{"console/console.css", signInStyle}, Script: "console/main.tsx", Root: "app", Texts: "console."},
	{Out: "signed-in.html", Title: "Co-browse", Script: "signin/signedin.ts", Texts: "signin."},
	{Out: "sign-in.html", Title: "Co-browse", Styles: []string{signInStyle}, Script: "signin/window.tsx", Texts: "signin."},
	{Out: "dynamics-cif.html", Title: "Co-browse", Styles: []string{"desk-host/cif.css"}, Script: "desk-host/cif.ts", Root: "desk", Texts: "host."},
	{Out: "demo-desk.html", Title: "Agent desk", Styles: []string{"demo/desk/desk.css"}, Script: "demo/desk/desk.tsx", Root: "desk", Before: "/webresources/cobrowse-host.js", Texts: "demo."},
	{Out: "demo-timeline.html", Title: "Case timeline", Styles: []string{"demo/desk-timeline/timeline.css"}, Script: "demo/desk-timeline/timeline.tsx", Root: "timeline", Texts: "demo."},
}

var scripts = []script{
	{Out: "cobrowse.js", Source: "src/script/cobrowse.ts", Budget: 8_000},
	{Out: "cobrowse-host.js", Source: "src/desk-host/webresource.ts", Budget: 8_000},
	// What the package for Dynamics holds.
	{Out: "dynamics-tab.js", Source: "src/desk-host/dynamics-tab.ts", Budget: 8_000},
	{Out: "dynamics-pane.js", Source: "src/desk-host/dynamics-pane.ts", Budget: 8_000},
	{Out: "dynamics-cti.js", Source: "src/desk-host/dynamics-cti.ts", Budget: 8_000},
}

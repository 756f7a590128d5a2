package main

// page is one HTML page. What its Source refers to by a relative path (./main.ts, ./page.css, ./logo.svg) is bundled; the
// references are replaced by the hashed files. Out is its path below dist.
type page struct {
	Out    string
	Source string
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

var pages = []page{
	{Out: "join.html", Source: "src/join/join.html", Budget: customerBudget},
	{Out: "watch.html", Source: "src/player/watch.html", Texts: "player."},
	{Out: "j.html", Source: "src/customer/ticket.html", Budget: customerBudget},
	{Out: "agent.html", Source: "src/agent/agent.html", Texts: "agent."},
	{Out: "console.html", Source: "src/console/console.html", Texts: "console."},
	{Out: "signed-in.html", Source: "src/signin/signedin.html", Texts: "signin."},
	{Out: "sign-in.html", Source: "src/signin/window.html", Texts: "signin."},
	{Out: "dynamics-cif.html", Source: "src/desk-host/cif.html", Texts: "host."},
	{Out: "demo-desk.html", Source: "src/demo/desk/desk.html"},
	{Out: "demo-timeline.html", Source: "src/demo/desk-timeline/timeline.html"},
}

var scripts = []script{
	{Out: "cobrowse.js", Source: "src/script/cobrowse.ts", Budget: 8_000},
	{Out: "cobrowse-host.js", Source: "src/desk-host/webresource.ts", Budget: 8_000},
	// What the package for Dynamics holds.
	{Out: "dynamics-tab.js", Source: "src/desk-host/dynamics-tab.ts", Budget: 8_000},
	{Out: "dynamics-pane.js", Source: "src/desk-host/dynamics-pane.ts", Budget: 8_000},
	{Out: "dynamics-cti.js", Source: "src/desk-host/dynamics-cti.ts", Budget: 8_000},
}

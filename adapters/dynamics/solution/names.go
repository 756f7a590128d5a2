package solution

import (
	"strings"

	"github.com/google/uuid"

	"cobrowse-connector/adapters/dynamics"
)

// Names of what is installed. They never change: an organisation that has the old ones would get everything twice.
const (
	// Version of both packages. Dynamics takes no lower one over a higher one.
	Version = "1.0.0.0"

	Main      = "cobrowse"        // the solution with the button and the pane
	Record    = "cobrowse_record" // the solution with the table and the roles
	prefix    = "cob"
	optionSet = 73120 // first digits of the publisher's choice values
	publisher = "cobrowse"

	page      = "cob_/cobrowse.html"
	tabScript = "cob_/cobrowse-tab.js"
	icon      = "cob_/cobrowse.svg"

	tabTemplate = "cob_cobrowse"
	control     = "cob_Cobrowse.CobrowsePane"
	table       = dynamics.DefaultTable

	RoleConnector = "Cobrowse Connector"
	RoleAgent     = "Cobrowse Agent"

	varService      = "cob_ServiceUrl"
	varCompany      = "cob_Company"
	varSendDirectly = "cob_SendDirectly"
)

// Bundles that the web build makes for the package.
const (
	TabBundle  = "dynamics-tab.js"
	PaneBundle = "dynamics-pane.js"
)

var space = uuid.MustParse("0a2f0a83-58b5-4f0b-9b86-6f0a0d6c2d11")

// id is the fixed id of one of our records.
func id(kind, name string) string { return uuid.NewSHA1(space, []byte(kind+"/"+name)).String() }

// partName is where a web resource lies in a package.
func partName(resource string) string {
	return "WebResources/" + strings.ReplaceAll(resource, "/", "") + strings.ToUpper(id("webresource", resource))
}

package solution

import "encoding/json"

// DriverFile is a web resource of Microsoft's: what it holds drives their contact centre inside other desktops (Salesforce, ServiceNow). It is
// not ours, so no package may bring it, and a person replaces its content.
const DriverFile = "msdyn_CustomCTIDriver.js"

// driverBundle is what the web build makes for it.
const driverBundle = "dynamics-cti.js"

// Driver is the content of DriverFile for this deployment: a line with what the script needs to know, and the script.
func Driver(in Input) ([]byte, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	script, err := in.bundle(driverBundle)
	if err != nil {
		return nil, err
	}
	settings, err := json.Marshal(map[string]string{"service": in.Service, "company": in.Company})
	if err != nil {
		return nil, err
	}
	driver := append([]byte("window.cobrowseDesk = "+string(settings)+";\n"), script...)
	return driver, checkResource(DriverFile, driver)
}

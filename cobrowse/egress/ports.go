package egress

import (
	"slices"

	"cobrowse-connector/cobrowse"
)

// neverPorts: databases and the like answer to anybody who can reach them: no company's site is on these ports.
var neverPorts = []int{
	1080, 1433, 1434, 1521, 1723, 2049, 2181, 2375, 2376, 2377, 2379, 2380, 3128, 3268, 3269, 3306, 3389, 4369, 5060, 5061, 5432, 5555, 5601,
	5672, 5900, 5901, 5984, 5985, 5986, 6000, 6379, 6443, 6666, 6667, 6697, 7001, 7077, 8086, 8088, 8500, 9042, 9092, 9200, 9300, 10050,
	10051, 10250, 10255, 11211, 15672, 27017, 27018,
}

// CheckPort tells why a company cannot have a port beside 80 and 443, or nil.
func CheckPort(port int) error {
	if port < 1024 || port > 65535 || slices.Contains(neverPorts, port) {
		return cobrowse.Errorf(cobrowse.CodeInvalid, "policy_port", "port %d is no web site's: from 1024 to 65535, and not a database's or the like", port)
	}
	return nil
}

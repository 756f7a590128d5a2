package dataversefake

import "maps"

// addSalesSamples adds the tables of the sales app which the documentation's examples use, as far as they use them, and the
// records that the examples suppose.
func (s *sample) addSalesSamples() {
	text := Column{Type: "String", MaxLength: 100}
	s.tables["lead"] = &Table{LogicalName: "lead", EntitySet: "leads", PrimaryID: "leadid", PrimaryName: "firstname",
		Columns: map[string]Column{"leadid": {Type: "Uniqueidentifier"}, "firstname": text, "lastname": text, "emailaddress1": text}}
	s.tables["opportunity"] = &Table{LogicalName: "opportunity", EntitySet: "opportunities", PrimaryID: "opportunityid", PrimaryName: "name",
		Columns:     map[string]Column{"opportunityid": {Type: "Uniqueidentifier"}, "name": text, "customerid": {Type: "Customer"}},
		Navigation:  map[string]Lookup{"customerid_account": {"customerid", "account"}},
		Collections: map[string]Lookup{"Opportunity_Tasks": {"regardingobjectid", "task"}}}
	account := s.tables["account"]
	account.Collections = maps.Clone(account.Collections)
	account.Collections["opportunity_customer_accounts"] = Lookup{"customerid", "opportunity"}
	account.Columns["originatingleadid"] = Column{Type: "Lookup"}
	account.Navigation["originatingleadid"] = Lookup{"originatingleadid", "lead"}

	const one, two, three = sampleAccount, "00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000003"
	s.seed("account", two, row{"name": "Sample Account 2"})
	s.seed("opportunity", one, row{"name": "Sample Opportunity", "customerid": ref{"account", two}})
	s.seed("contact", one, row{"fullname": "Yvonne McKay (sample)"})
	s.seed("task", two, row{"subject": "Task 1", "regardingobjectid": reference("account", sampleAccount)})
	s.seed("task", three, row{"subject": "Task 2", "regardingobjectid": reference("account", sampleAccount)})
	const child = "915e89f5-29fc-e511-80d2-00155db07c77"
	s.seed("account", child, row{"name": "Sample Child Account 1"})
	for _, subject := range []string{"Sample Task 1", "Sample Task 2"} {
		s.seed("task", "", row{"subject": subject, "scheduledstart": "2016-04-11T15:00:00Z", "regardingobjectid": reference("account", child)})
	}
	s.seed("lead", "c4567bb6-47a3-e711-811b-e0071b6ac1b1", row{"firstname": "Monte"})
	s.seed("lead", "", row{"emailaddress1": "monteorton@example.com"})
	s.AddDuplicateRule("lead", "emailaddress1")
}

// Package clevertest is an embedded Clever Cloud API: what net/http/httptest is to a web server, this is to the v4 API, with state.
// What a test creates is listed, what it deletes is gone, drains and deployments pass through their states, logs flow and can be
// appended, credentials and signatures are really checked, and faults happen on request.
//
// # A test
//
//	func TestDeploy(t *testing.T) {
//		api := clevertest.NewServer()
//		defer api.Close()
//
//		client := api.Client() // credentials and base URL set
//		deployments, err := client.Orchestration.ListDeployments(t.Context(), api.OwnerID, api.ApplicationID, clevercloud.DeploymentQuery{})
//		…
//	}
//
// A server starts with one organisation, one application, one operator of each kind, one Pulsar add-on, zones and invoices; the ids are
// fields of [Server]. The Add, Append and Set methods change that state behind the API's back, [Server.Requests] tells what was received.
//
// # Time
//
// Deployments and drains advance by themselves, a step each [WithStepDuration]. [Server.Advance] moves the server's clock, so a test need
// not wait. Inside a testing/synctest bubble give the server an in-memory listener with [WithListener]: all its timers are then virtual.
//
// # Faults
//
// [Server.Inject] queues a [Fault]: a status, a delay, a connection cut at byte N, a response that falls silent. [Server.Redeploy] leaves
// every open log stream half-open, as a redeployment of the real API does.
//
// # Faithfulness
//
// The server is written from the description of the API, not from the client of this module: it shares no wire type with it. Where the
// documents are silent, the choice is stated on the symbol it concerns. It listens on loopback only and never connects to anything: the
// recipient of a drain is not contacted, not even to check it.
package clevertest

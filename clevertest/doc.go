// Package clevertest runs a Clever Cloud API in process, for tests. It keeps state: what a test
// creates is listed, what it deletes is gone, and deployments and drains pass through their
// states. It checks credentials and signatures, streams logs, and injects faults.
//
// # A test
//
//	func TestDeploy(t *testing.T) {
//		api := clevertest.NewServer()
//		defer api.Close()
//
//		client := api.Client() // credentials and base URL are set
//		deployments, err := client.Orchestration.ListDeployments(
//			t.Context(), api.OwnerID, api.ApplicationID, clevercloud.DeploymentQuery{})
//		…
//	}
//
// Code that creates its own client takes [Server.URL] with [Server.Token] or [Server.OAuth1], or
// finds them by auth.Default if the test sets the variables of [Server.Environ]. See also
// docs/testing.md of this module.
//
// # State
//
// A server starts with an organisation, an application, an operator of each kind, a Pulsar and a
// PostgreSQL add-on, zones, invoices, logs and access logs. Fields of [Server] hold their IDs,
// which are the same in each run ([WithSeed]). Methods such as [Server.AddApplication],
// [Server.AppendLogs] and [Server.SetDeploymentState] change the state. [Server.Requests] and
// [Server.RequestsTo] return what was received. [Server.Handle] adds a route.
//
// v2 and v4 share their state. An application that a program creates has load balancers and, once
// it is deployed, deployments, instances and logs. An add-on has its real ID at once, and an
// operator its application. [Server.PushAfter] does what a git push does.
//
// # Time
//
// Deployments, drains, network groups and Kubernetes clusters advance by themselves, one step per
// [WithStepDuration]. [Server.Advance] moves the server's clock. In a testing/synctest bubble
// with [WithPipes], the delays of the code under test, such as those of retries, take no real
// time:
//
//	synctest.Test(t, func(t *testing.T) {
//		api := clevertest.NewServer(clevertest.WithPipes())
//		defer api.Close()
//		…
//	})
//
// # Faults
//
// [Server.Inject] queues a [Fault]: a status, a delay, a body, or a connection that is dropped,
// cut off, reset, ended early or silent. It hits one request unless Times is set. A fault with
// Fail lets a request succeed and what it starts fail. [Server.Redeploy] silences every open log
// stream, as a redeployment of the live API does. A drain whose recipient is under .invalid never
// delivers.
//
// # Log streams
//
// Streams behave like those of the live API: a heartbeat every 2 seconds, pacing by
// throttleElements and throttlePerInMilliseconds, an end by END_OF_STREAM, and 404 for what never
// logged. Where the live API is not documented, a stream
//
//   - resumes strictly after the Last-Event-ID, which takes precedence over since
//   - ignores an ID that it does not know, or rejects it if [Server.ForgetEvents] says so
//   - ends by limit with an END_OF_STREAM whose reason is LIMIT_REACHED
//   - omits entries dated until or later; [WithLazyUntil] ends it less reliably, as users report.
//
// # Routes
//
// The names that [Request] shows and [Fault] takes. They are those of the SDK's operations, where
// it has one:
//
//	billing.list-invoices billing.list-unpaid-invoices billing.get-invoice
//	billing.download-invoice-pdf billing.download-invoice-html orchestration.list-deployments
//	orchestration.get-deployment orchestration.list-instances orchestration.get-instance
//	load-balancers.get-default load-balancers.get-private load-balancers.get-addon-default
//	load-balancers.get-addon-private logs.stream logs.stream-resource logs.stream-access
//	drains.create drains.list drains.get drains.delete drains.enable drains.disable
//	drains.reset-cursor drains.test-command drains.check drains.delete-all drains.create-for-owner
//	drains.list-for-owner drains.get-for-owner drains.delete-for-owner drains.enable-for-owner
//	drains.disable-for-owner drains.reset-cursor-for-owner drains.test-command-for-owner
//	drains.check-for-owner drains.delete-all-for-owner operators.get operators.reboot
//	operators.rebuild operators.attach-network-group operators.detach-network-group
//	operators.check-version operators.update-version operators.otoroshi-config
//	operators.get-provider zones.list zones.get pulsar.get-storage-policies
//	pulsar.update-storage-policies pulsar.get pulsar.renew-token pulsar.list-clusters
//	pulsar.get-cluster pulsar.get-provider tokens.list tokens.create tokens.get tokens.update
//	tokens.revoke network-groups.list network-groups.create network-groups.search
//	network-groups.get network-groups.delete network-groups.watch network-groups.list-members
//	network-groups.add-member network-groups.get-member network-groups.remove-member
//	network-groups.list-peers network-groups.get-peer network-groups.add-external-peer
//	network-groups.remove-external-peer network-groups.wireguard-configuration
//	network-groups.wireguard-configuration-url network-groups.watch-wireguard-configuration
//	network-groups.dns-suffixes kubernetes.list-clusters kubernetes.create-cluster
//	kubernetes.get-cluster kubernetes.update-cluster kubernetes.delete-cluster
//	kubernetes.kubeconfig kubernetes.kubeconfig-url kubernetes.enable-ceph-csi
//	kubernetes.check-version kubernetes.update-version kubernetes.list-deployment-events
//	kubernetes.list-events kubernetes.redeploy-cluster kubernetes.resume-cluster
//	kubernetes.list-node-groups kubernetes.create-node-group kubernetes.get-node-group
//	kubernetes.update-node-group kubernetes.delete-node-group kubernetes.resume-node-group
//	kubernetes.get-quota kubernetes.list-usage kubernetes.get-product config-providers.get
//	config-providers.get-env config-providers.set-env addons.get-provider-info addons.get-details
//	addons.get-jenkins-updates materia.get-database billing.get-credits billing.get-price-system
//	billing.get-public-price-system metrics.list-series metrics.list-requests
//	metrics.list-status-codes metrics.live-requests metrics.create-read-token
//	metrics.create-resource-read-token identity.self identity.summary applications.list
//	applications.create applications.get applications.update applications.delete applications.env
//	applications.set-env applications.exposed-env applications.set-exposed-env
//	applications.list-linked-addons applications.link-addon applications.unlink-addon
//	applications.list-dependencies applications.add-dependency applications.remove-dependency
//	applications.deploy applications.stop applications.cancel-deployment applications.list-domains
//	applications.add-domain applications.remove-domain applications.list-tcp-redirections
//	applications.add-tcp-redirection applications.remove-tcp-redirection
//	applications.list-runtimes addons.list addons.create addons.get addons.rename addons.delete
//	addons.env addons.list-providers v2.self-id v2.organisations v2.organisation v2.addon-provider
//	v2.instance-type v2.set-variable v2.unset-variable v2.addons-env v2.dependencies-env
//	v2.deployments v2.deployment v2.instances v2.favourite-domain v2.set-favourite-domain
//	v2.unset-favourite-domain v2.namespaces v2.addon-applications v2.current-token v2.cli-tokens
//	oauth.request-token oauth.request-token-query oauth.authorize oauth.access-token
//	oauth.access-token-query oauth.rights
//
// # Faithfulness
//
// The server is written from the descriptions of the API and shares no wire type with the client
// of this module. Where they are silent, the comment of the symbol states the choice. The
// official command line runs against it. It listens on loopback only and connects to nothing: not
// even the recipient of a drain is contacted, so a drain is created for one that cannot be reached,
// too. To test a rejection, inject a Fault.
package clevertest

package clevercloud_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"slices"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleOrchestrationService_WaitForDeployment() {
	server := clevertest.NewServer(clevertest.WithStepDuration(10 * time.Millisecond))
	defer server.Close()
	client := server.Client()
	id := server.AddDeployment(server.ApplicationID, clevertest.Deployment{State: "QUEUED"})

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	deployment, err := client.Orchestration.WaitForDeployment(ctx, server.OwnerID, server.ApplicationID, id,
		clevercloud.DeploymentWait{Interval: time.Millisecond, MaxInterval: time.Millisecond})
	var failed *clevercloud.DeploymentError
	switch {
	case errors.As(err, &failed):
		fmt.Println("ended as", failed.Deployment.State)
	case err != nil:
		fmt.Println(err)
	default:
		fmt.Println(deployment.State)
	}
	// Output: SUCCEEDED
}

func ExampleOrchestrationService_Instances() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	server.AddInstances(server.ApplicationID, slices.Repeat([]clevertest.Instance{{State: "DELETED"}}, 2500)...)

	n := 0
	for instance, err := range client.Orchestration.Instances(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.InstanceQuery{
		IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateDeleted},
	}) {
		if err != nil {
			log.Fatal(err)
		}
		if instance.State.IsTerminal() {
			n++
		}
	}
	fmt.Println(n >= 2500)
	// Output: true
}

func ExampleOrchestrationService_GetInstance() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	instance, err := client.Orchestration.GetInstance(context.Background(), server.OwnerID, server.ApplicationID, server.InstanceID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(instance.State, instance.DeploymentID == server.DeploymentID)
	// Output: UP true
}

// The last deployments that somebody asked for, newest first.
func ExampleOrchestrationService_ListDeployments() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	deployments, err := client.Orchestration.ListDeployments(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.DeploymentQuery{
		Limit: 2, Actions: []clevercloud.DeploymentAction{clevercloud.DeploymentActionDeploy},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, deployment := range deployments {
		fmt.Println(deployment.Origin.Action, deployment.State, deployment.Version.CommitID[:7])
	}
	// Output:
	// DEPLOY SUCCEEDED 9fceb02
	// DEPLOY FAILED 77c1e0f
}

func ExampleOrchestrationService_GetDeployment() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	deployment, err := client.Orchestration.GetDeployment(context.Background(), server.OwnerID, server.ApplicationID, server.FailedDeploymentID)
	if err != nil {
		log.Fatal(err)
	}
	for _, step := range deployment.Steps {
		fmt.Println(step.State, step.State.IsTerminal())
	}
	// Output:
	// QUEUED false
	// WORK_IN_PROGRESS false
	// FAILED true
}

func ExampleOrchestrationService_ListInstances() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()

	instances, err := client.Orchestration.ListInstances(context.Background(), server.OwnerID, server.ApplicationID, clevercloud.InstanceQuery{
		IncludeStates: []clevercloud.InstanceState{clevercloud.InstanceStateUp}, Order: clevercloud.OrderAsc,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, instance := range instances {
		fmt.Println(*instance.Index, instance.Flavor, instance.State, instance.DeploymentID == server.DeploymentID)
	}
	// Output:
	// 0 S UP true
	// 1 S UP true
}

// A push becomes a deployment after some seconds. One of the same commit that was there before does not count.
func ExampleOrchestrationService_FindDeployment() {
	server := clevertest.NewServer()
	defer server.Close()
	client := server.Client()
	const commit = "c0ffee42b7d90581fae6c3d4b2097e5f8a1c6d27"
	server.AddDeployment(server.ApplicationID, clevertest.Deployment{CommitID: commit, StartDate: server.Now().Add(-48 * time.Hour)})
	pushed := server.Now()
	id := server.PushAfter(server.ApplicationID, commit, 20*time.Millisecond)

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	deployment, err := client.Orchestration.FindDeployment(ctx, server.OwnerID, server.ApplicationID,
		clevercloud.DeploymentMatch{CommitID: commit, StartedAfter: pushed},
		clevercloud.DeploymentWait{Interval: time.Millisecond, MaxInterval: time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deployment.ID == id, deployment.State)
	// Output: true QUEUED
}

package clevertest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
)

func ExampleServer_AddNetworkGroup() {
	api := clevertest.NewServer()
	defer api.Close()
	id := api.AddNetworkGroup(clevertest.NetworkGroup{
		Label:   "backend",
		Members: []clevercloud.ResourceID{clevercloud.ResourceID(api.ApplicationID)},
	})

	var group struct {
		Label string
		Peers []struct{ Type string }
	}
	path := fmt.Sprintf("/v4/networkgroups/organisations/%s/networkgroups/%s", api.OwnerID, id)
	err := api.Client().Do(context.Background(), "GET", path, nil, &group)
	fmt.Println(group, err)
	// Output: {backend [{CleverPeer} {CleverPeer}]} <nil>
}

// A cluster that is asked to fail, and resumed.
func ExampleServer_AddKubernetesCluster() {
	api := clevertest.NewServer()
	defer api.Close()
	client := api.Client()
	id := api.AddKubernetesCluster(clevertest.KubernetesCluster{Nodes: 2})
	path := fmt.Sprintf("/v4/kubernetes/organisations/%s/clusters/%s", api.OwnerID, id)

	api.Inject(clevertest.Fault{Path: "kubernetes.redeploy-cluster", Fail: true})
	for _, action := range []string{"/redeploy", "/resume"} {
		if err := client.Do(context.Background(), "POST", path+action, nil, nil); err != nil {
			panic(err)
		}
		api.Advance(time.Minute)
		var cluster struct{ Status string }
		err := client.Do(context.Background(), "GET", path, nil, &cluster)
		fmt.Println(cluster.Status, err)
	}
	// Output:
	// FAILED <nil>
	// ACTIVE <nil>
}

func ExampleServer_AddConfigProvider() {
	api := clevertest.NewServer()
	defer api.Close()
	id := api.AddConfigProvider("settings", map[string]string{"API_URL": "https://api.example.com"})

	var env []struct{ Name, Value string }
	path := fmt.Sprintf("/v4/addon-providers/config-provider/addons/%s/env", id)
	err := api.Client().Do(context.Background(), "GET", path, nil, &env)
	fmt.Println(env, err)
	// Output: [{API_URL https://api.example.com}] <nil>
}

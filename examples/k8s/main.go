// K8s makes a Kubernetes cluster and writes its kubeconfig, or takes the cluster away again.
//
//	go run ./examples/k8s up   [-name demo] [-owner orga_…] [-nodes 1] [-kubeconfig FILE]
//	go run ./examples/k8s down [-name demo] [-owner orga_…]
//	go run ./examples/k8s up -demo
//
//	demo 1.36 is up after 3m12s.
//	export KUBECONFIG=kubeconfig.yaml
//
// Up can be run again after it was interrupted: it takes a cluster of that name as the one that it
// made. Without -owner the cluster belongs to the user. The kubeconfig, kubeconfig.yaml, is
// readable by its owner only.
//
// The exit status is 0, 2 after an error, missing credentials included, or 130 when interrupted.
// The cluster stays then.
//
// With -demo the cluster is one of the embedded API, and is deleted at the end.
package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clevercloud-go/clevercloud"
	"github.com/clevercloud-go/clevercloud/clevertest"
	"github.com/clevercloud-go/clevercloud/examples/internal/atomicfile"
	"github.com/clevercloud-go/clevercloud/examples/internal/cli"
	"github.com/clevercloud-go/clevercloud/examples/internal/connect"
	"github.com/clevercloud-go/clevercloud/examples/internal/term"
)

// A job is what the command line says.
type job struct {
	*term.Screen
	client     *clevercloud.Client
	owner      clevercloud.OwnerID
	name       string
	nodes      int
	kubeconfig string
	wait       clevercloud.Wait
}

func main() { cli.Main("k8s", k8s(clevercloud.Wait{MaxInterval: 2 * time.Second})) }

func k8s(wait clevercloud.Wait) cli.Program {
	return func(c *cli.Command) func(context.Context) error {
		j := &job{Screen: c.Screen, wait: wait}
		c.Takes = "up|down"
		c.StringVar(&j.name, "name", "demo", "name of the cluster")
		c.StringVar((*string)(&j.owner), "owner", "", "organisation or user (default: the user)")
		c.IntVar(&j.nodes, "nodes", 1, "number of nodes")
		c.StringVar(&j.kubeconfig, "kubeconfig", "kubeconfig.yaml", "`file` to write")
		demo := c.Demo()
		return func(ctx context.Context) error {
			if len(c.Words) != 1 || c.Words[0] != "up" && c.Words[0] != "down" {
				return errors.New("usage: k8s up or down, and flags; see -help")
			}
			err := j.run(ctx, c.Words[0] == "up", *demo)
			if err != nil && ctx.Err() != nil {
				j.Notef("The cluster stays as it is; run the command again to continue.")
			}
			return err
		}
	}
}

func (j *job) run(ctx context.Context, up, demo bool) error {
	switch {
	case demo && (!up || j.owner != ""):
		return errors.New("-demo is for up, and has an owner of its own; leave out -owner")
	case demo:
		return j.demo(ctx)
	}
	var err error
	if j.client, err = connect.Client(); err != nil {
		return err
	}
	if j.owner == "" {
		self, err := j.client.Identity.Self(ctx)
		if err != nil {
			return err
		}
		j.owner = clevercloud.OwnerID(self.ID)
	}
	if up {
		return j.up(ctx)
	}
	return j.down(ctx)
}

// demo makes a cluster of an API inside this program, and takes it away.
func (j *job) demo(ctx context.Context) error {
	server := clevertest.NewServer(clevertest.WithStepDuration(200 * time.Millisecond))
	defer server.Close()
	j.Notef("This is a made-up cluster of the embedded API.")
	j.client, j.owner = server.Client(), server.OwnerID
	if err := j.up(ctx); err != nil {
		return err
	}
	return j.down(ctx)
}

// up makes the cluster, if it is not there yet, and writes its kubeconfig.
func (j *job) up(ctx context.Context) error {
	cluster, err := j.find(ctx)
	if err != nil {
		return err
	}
	if cluster == nil {
		in := clevercloud.KubernetesClusterInput{
			Name: j.name,
			NodeGroups: []clevercloud.KubernetesNodeGroupInput{
				{Name: "default", Flavor: "M", TargetNodeCount: j.nodes},
			},
		}
		if cluster, err = j.client.Kubernetes.CreateCluster(ctx, j.owner, in); err != nil {
			return err
		}
	}
	start := time.Now()
	cluster, err = j.follow(ctx, cluster.ID, clevercloud.KubernetesClusterStatusActive)
	if err != nil {
		return err
	}
	for _, group := range cluster.NodeGroups {
		j.Status("%s: waiting for the nodes of %s", cluster.Name, group.Name)
		_, err := j.client.Kubernetes.WaitForNodeGroup(ctx, j.owner, cluster.ID, group.ID,
			clevercloud.KubernetesNodeGroupStatusReady, j.wait)
		if err != nil {
			return err
		}
	}
	kubeconfig, err := j.client.Kubernetes.Kubeconfig(
		ctx, j.owner, cluster.ID, clevercloud.KubeconfigQuery{})
	if err != nil {
		return err
	}
	if err := atomicfile.WriteString(j.kubeconfig, kubeconfig.Reveal()); err != nil {
		return err
	}
	took := time.Since(start).Round(time.Second)
	j.Notef("%s %s is up after %v.", cluster.Name, cluster.Version, took)
	j.Printf("export KUBECONFIG=%s\n", j.kubeconfig)
	return j.Err()
}

// down deletes the cluster and waits until it is gone.
func (j *job) down(ctx context.Context) error {
	cluster, err := j.find(ctx)
	if err != nil {
		return err
	}
	if cluster == nil {
		return fmt.Errorf("there is no cluster with the name %q", j.name)
	}
	if _, err := j.client.Kubernetes.DeleteCluster(ctx, j.owner, cluster.ID); err != nil {
		return err
	}
	_, err = j.follow(ctx, cluster.ID, clevercloud.KubernetesClusterStatusDeleted)
	if err == nil {
		j.Notef("%s is gone.", cluster.Name)
	}
	return err
}

// find returns the cluster of that name, nil if there is none.
func (j *job) find(ctx context.Context) (*clevercloud.KubernetesCluster, error) {
	clusters, err := j.client.Kubernetes.ListClusters(
		ctx, j.owner, clevercloud.KubernetesClusterQuery{})
	if err != nil {
		return nil, err
	}
	for _, cluster := range clusters {
		if cluster.Name == j.name && cluster.Status != clevercloud.KubernetesClusterStatusDeleted {
			return &cluster, nil
		}
	}
	return nil, nil
}

// follow waits for a status, as WaitForCluster does, and shows each one on the way.
func (j *job) follow(
	ctx context.Context, id clevercloud.KubernetesClusterID,
	status clevercloud.KubernetesClusterStatus,
) (*clevercloud.KubernetesCluster, error) {
	start := time.Now()
	get := func(ctx context.Context) (*clevercloud.KubernetesCluster, error) {
		cluster, err := j.client.Kubernetes.GetCluster(ctx, j.owner, id)
		gone := errors.Is(err, clevercloud.ErrNotFound)
		if gone && status == clevercloud.KubernetesClusterStatusDeleted {
			return &clevercloud.KubernetesCluster{ID: id, Status: status}, nil
		}
		return cluster, err
	}
	done := func(cluster *clevercloud.KubernetesCluster) (bool, error) {
		j.Status("%s: %s (%v)", j.name, cluster.Status, time.Since(start).Round(time.Second))
		switch cluster.Status {
		case status:
			return true, nil
		case clevercloud.KubernetesClusterStatusFailed, clevercloud.KubernetesClusterStatusDeleted:
			return false, &clevercloud.KubernetesError{Cluster: cluster}
		}
		return false, nil
	}
	return clevercloud.WaitUntil(ctx, get, done, j.wait)
}

/** The files that `everynode init` writes. A test runs them: a starter that fails teaches the wrong thing. */

export const STARTER_SCENARIO = `# yaml-language-server: $schema=./scenario.schema.json
# Run it:  everynode run scenario.yaml      See every victim beforehand:  everynode plan scenario.yaml
apiVersion: everynode.dev/v1alpha1
kind: Scenario
metadata:
  name: first-steps
  labels: { tier: example } # everynode run -l tier=example
spec:
  description: >-
    A zone loses its power while a new image rolls out. The agents in the other zones must go on serving,
    and the rollout must come to its end once the zone is back.
  seed: 1 # the same seed gives the same run, to the byte; everynode run --seed 2 gives another
  duration: 30m # virtual time: takes a second or two
  kubernetes:
    version: "1.36" # in quotes; versions behave differently
  parameters:
    maxUnavailable: { default: "10%", description: how many agents a rollout may take down at once }
  cluster:
    nodePools:
      - name: worker # nodes are called worker-0, worker-1, …
        count: 30
        spread: { topologyKey: topology.kubernetes.io/zone, values: [zone-a, zone-b, zone-c] }
        capacity: { cpu: "4", memory: 16Gi, pods: "110" }
  manifests:
    - path: ./agent.yaml # what you would give to kubectl apply; put your own here
      patches: # and change it for this run, without touching the file
        - target: { kind: DaemonSet, name: agent }
          merge: { spec: { updateStrategy: { rollingUpdate: { maxUnavailable: "\${params.maxUnavailable}" } } } }
  models: # what no manifest tells: how long things take
    - select: { daemonSet: kube-system/agent }
      startup: { uniform: { min: 3s, max: 9s } }
  timeline: # what happens, and when; everynode list faults, everynode list operations
    - id: outage
      at: 5m
      fault: { type: ZoneOutage, for: 5m, targets: { nodes: { zone: zone-b } } }
    - id: rollout
      at: 6m
      update: { daemonSet: kube-system/agent, setImage: { agent: "registry.example/agent:v2" } }
  expect: # what must hold; everynode list expectations
    before: # the last instant before the first step
      - id: all-serve
        invariant: daemonset-available
        with: { daemonSet: kube-system/agent, eq: 30 }
    always: # at every instant of the window
      - id: healthy-zones-serve
        window: { from: outage }
        invariant: daemonset-available
        with: { daemonSet: kube-system/agent, nodes: { fault: "!outage" }, gte: 17 }
    never:
      - id: two-agents-on-a-node
        invariant: pods-per-node
        with: { daemonSet: kube-system/agent, live: true, gt: 1 }
    eventually: # at some instant, within the time given
      - id: rollout-finishes
        window: { after: outage.end }
        within: 10m
        invariant: rollout-complete
        with: { daemonSet: kube-system/agent }
    final: # at the end
      - id: one-on-each-node
        invariant: one-pod-per-eligible-node
        with: { daemonSet: kube-system/agent }
`;

export const STARTER_MANIFEST = `apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: agent
  namespace: kube-system
spec:
  selector:
    matchLabels: { app: agent }
  template:
    metadata:
      labels: { app: agent }
    spec:
      # Stay on nodes that are not reachable: their pods come back with them.
      tolerations:
        - operator: Exists
      containers:
        - name: agent
          image: registry.example/agent:v1
          resources:
            requests: { cpu: 50m, memory: 64Mi }
            limits: { memory: 128Mi }
          readinessProbe:
            httpGet: { path: /ready, port: 8080 }
            periodSeconds: 5
`;

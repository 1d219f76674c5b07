//! Statistics of networks, for the tests of what the generator makes.

use std::collections::BTreeMap;

use dash_prior::Network;

/// What the published networks were measured by.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Statistics {
    pub(crate) edges: f64,
    pub(crate) inputs: f64,
    pub(crate) regulators: f64,
    pub(crate) single_regulator_share: f64,
    pub(crate) mean_out_degree: f64,
    pub(crate) median_out_degree: f64,
    pub(crate) max_out_degree: f64,
    pub(crate) modularity: f64,
    pub(crate) communities: f64,
    pub(crate) feed_forward_loops: f64,
    pub(crate) longest_path: f64,
    pub(crate) largest_component: f64,
    pub(crate) activating_share: f64,
}

impl Statistics {
    /// Of an acyclic network whose edges go up in gene number (needed for the longest path).
    pub(crate) fn of(network: &Network) -> Self {
        let (ins, outs) = (network.in_degrees(), network.out_degrees());
        let mut out: Vec<usize> = outs.into_iter().filter(|&d| d > 0).collect();
        out.sort_unstable();
        let regulated = ins.iter().filter(|&&d| d > 0).count() as f64;
        let edges = network.edges().len() as f64;
        let communities = louvain(network);
        Self {
            edges,
            inputs: ins.len() as f64 - regulated,
            regulators: out.len() as f64,
            single_regulator_share: ins.iter().filter(|&&d| d == 1).count() as f64 / regulated,
            mean_out_degree: edges / out.len() as f64,
            median_out_degree: f64::midpoint(
                out[(out.len() - 1) / 2] as f64,
                out[out.len() / 2] as f64,
            ),
            max_out_degree: out[out.len() - 1] as f64,
            modularity: modularity(network, &communities),
            communities: count(&communities) as f64,
            feed_forward_loops: feed_forward_loops(network) as f64,
            longest_path: longest_path(network) as f64,
            largest_component: largest_component(network) as f64,
            activating_share: network.edges().iter().filter(|e| e.weight > 0.0).count() as f64
                / edges,
        }
    }

    fn fields(&mut self) -> [&mut f64; 13] {
        [
            &mut self.edges,
            &mut self.inputs,
            &mut self.regulators,
            &mut self.single_regulator_share,
            &mut self.mean_out_degree,
            &mut self.median_out_degree,
            &mut self.max_out_degree,
            &mut self.modularity,
            &mut self.communities,
            &mut self.feed_forward_loops,
            &mut self.longest_path,
            &mut self.largest_component,
            &mut self.activating_share,
        ]
    }
}

/// Averages over networks.
pub(crate) fn mean_statistics(networks: &[Network]) -> Statistics {
    let mut mean = Statistics::default();
    for network in networks {
        let mut one = Statistics::of(network);
        for (sum, value) in mean.fields().into_iter().zip(one.fields()) {
            *sum += *value / networks.len() as f64;
        }
    }
    mean
}

fn feed_forward_loops(network: &Network) -> usize {
    let paths = network.edges().iter().flat_map(|ab| {
        network
            .edges_from(ab.to)
            .iter()
            .filter(|bc| network.weight(ab.from, bc.to).is_some())
    });
    paths.count()
}

fn longest_path(network: &Network) -> usize {
    let mut length = vec![0; network.genes().len()];
    for edge in network.edges() {
        assert!(edge.from < edge.to);
        length[edge.to] = length[edge.to].max(length[edge.from] + 1);
    }
    length.into_iter().max().unwrap_or(0)
}

fn largest_component(network: &Network) -> usize {
    let mut parent: Vec<usize> = (0..network.genes().len()).collect();
    for edge in network.edges() {
        let (a, b) = (root(&parent, edge.from), root(&parent, edge.to));
        parent[a] = b;
    }
    let mut size = vec![0; parent.len()];
    for gene in 0..parent.len() {
        size[root(&parent, gene)] += 1;
    }
    size.into_iter().max().unwrap_or(0)
}

fn root(parent: &[usize], mut gene: usize) -> usize {
    while parent[gene] != gene {
        gene = parent[gene];
    }
    gene
}

fn count(communities: &[usize]) -> usize {
    communities
        .iter()
        .collect::<std::collections::BTreeSet<_>>()
        .len()
}

/// Undirected adjacency: neighbour and weight; a loop stands once with the weight of both its ends.
type Graph = Vec<BTreeMap<usize, f64>>;

fn undirected(network: &Network) -> Graph {
    let mut graph = vec![BTreeMap::new(); network.genes().len()];
    for edge in network.edges() {
        graph[edge.from].insert(edge.to, 1.0);
        graph[edge.to].insert(edge.from, 1.0);
    }
    graph
}

fn modularity(network: &Network, communities: &[usize]) -> f64 {
    let graph = undirected(network);
    let total: f64 = graph.iter().flat_map(BTreeMap::values).sum();
    let mut degree = vec![0.0; graph.len()];
    let mut inside = 0.0;
    for (gene, neighbours) in graph.iter().enumerate() {
        degree[communities[gene]] += neighbours.values().sum::<f64>();
        let same = neighbours
            .iter()
            .filter(|(n, _)| communities[**n] == communities[gene]);
        inside += same.map(|(_, w)| w).sum::<f64>();
    }
    inside / total - degree.iter().map(|d| (d / total).powi(2)).sum::<f64>()
}

/// Communities by Louvain's method: Blondel et al., J. Stat. Mech. (2008) P10008.
fn louvain(network: &Network) -> Vec<usize> {
    let mut graph = undirected(network);
    let mut community: Vec<usize> = (0..graph.len()).collect();
    loop {
        let moved = local_moves(&graph);
        let labels: Vec<usize> = moved
            .iter()
            .copied()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let label = |node: usize| labels.binary_search(&moved[node]).unwrap();
        for c in &mut community {
            *c = label(*c);
        }
        if labels.len() == graph.len() {
            return community;
        }
        let mut merged = vec![BTreeMap::new(); labels.len()];
        for (node, neighbours) in graph.iter().enumerate() {
            for (&neighbour, weight) in neighbours {
                *merged[label(node)].entry(label(neighbour)).or_insert(0.0) += weight;
            }
        }
        graph = merged;
    }
}

fn local_moves(graph: &Graph) -> Vec<usize> {
    let degree: Vec<f64> = graph.iter().map(|n| n.values().sum()).collect();
    let total: f64 = degree.iter().sum();
    let mut community: Vec<usize> = (0..graph.len()).collect();
    let mut weight = degree.clone();
    let mut changed = true;
    while changed {
        changed = false;
        for node in 0..graph.len() {
            let home = community[node];
            weight[home] -= degree[node];
            let mut links = BTreeMap::from([(home, 0.0)]);
            for (&neighbour, w) in graph[node].iter().filter(|(n, _)| **n != node) {
                *links.entry(community[neighbour]).or_insert(0.0) += w;
            }
            let gain = |c: usize, link: f64| link - weight[c] * degree[node] / total;
            let (mut best, mut best_gain) = (home, gain(home, links[&home]));
            for (&c, &link) in &links {
                if gain(c, link) > best_gain + 1e-12 {
                    (best, best_gain) = (c, gain(c, link));
                }
            }
            changed |= best != home;
            weight[best] += degree[node];
            community[node] = best;
        }
    }
    community
}

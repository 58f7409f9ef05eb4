//! Where a graph's Pad operators lead.

use super::graph::Graph;

/// True where every Pad is read by Conv alone (and is no output of the graph), so that folding it into its reader's own
/// padding changes nothing: Conv pads with zero. MaxPool pads with minus infinity, and an average may leave padding out.
pub fn only_convolutions_read_pads(graph: &Graph) -> bool {
    let pads = graph.nodes().iter().filter(|node| node.op_type == "Pad");
    pads.flat_map(|node| &node.output).all(|value| {
        graph.outputs.iter().all(|output| output.name != *value)
            && graph.consumers(value).all(|reader| reader.op_type == "Conv")
    })
}

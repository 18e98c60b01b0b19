//! The layers on which LoAS was evaluated: shapes, sparsity and cycles, as published.

/// A layer: A of M x K spikes with T time steps, B of K x N weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Its network.
    pub network: &'static str,
    /// Its number in the network, from 1.
    pub number: u32,
    /// Rows of A: places of the feature map.
    pub m: usize,
    /// Columns of A: inputs of a neuron.
    pub k: usize,
    /// Columns of B: output channels.
    pub n: usize,
    /// Weights that are not 0.
    pub weights: usize,
    /// Neurons of A that fire more than once.
    pub neurons: usize,
    /// Spikes per match of a firing neuron with a weight, in thousandths.
    pub spikes_per_match: u64,
    /// Published cycles of LoAS on 16 elements, with neurons that fire once masked.
    pub loas: u64,
    /// Published cycles of SparTen on 16 elements.
    pub sparten: u64,
}

impl Layer {
    /// A layer of a user's network, which is not published.
    pub fn of_user([m, k, n]: [usize; 3]) -> Layer {
        Layer {
            network: "user",
            number: 1,
            m,
            k,
            n,
            weights: 0,
            neurons: 0,
            spikes_per_match: 0,
            loas: 0,
            sparten: 0,
        }
    }
}

/// Names of the networks.
pub const ALEXNET: &str = "alexnet";
/// The same.
pub const VGG16: &str = "vgg16";
/// The same.
pub const RESNET19: &str = "resnet19";

/// Time steps.
pub const TIME_STEPS: u32 = 4;

/// Every layer.
pub const LAYERS: [Layer; 35] = [
    layer(ALEXNET, 1, [64, 576, 192], [10489, 4249], [83910, 324742], [8866, 80365]),
    layer(ALEXNET, 2, [64, 1728, 384], [14631, 9090], [82081, 251820], [8724, 65682]),
    layer(ALEXNET, 3, [64, 3456, 256], [9992, 67081], [212801, 562756], [17035, 144933]),
    layer(ALEXNET, 4, [64, 2304, 256], [3936, 39916], [80686, 201804], [6634, 74609]),
    layer(VGG16, 1, [1024, 576, 64], [7449, 110902], [1862513, 6162210], [157365, 717307]),
    layer(VGG16, 2, [256, 576, 128], [12989, 29044], [743284, 2063473], [56994, 230575]),
    layer(VGG16, 3, [256, 1152, 128], [19585, 73260], [1576105, 4017739], [106808, 452296]),
    layer(VGG16, 4, [64, 1152, 256], [37095, 12256], [561394, 1324937], [36965, 145717]),
    layer(VGG16, 5, [64, 2304, 256], [43684, 25617], [734258, 1626838], [45242, 213917]),
    layer(VGG16, 6, [64, 2304, 256], [37798, 24355], [656746, 1393068], [38339, 197028]),
    layer(VGG16, 7, [16, 2304, 512], [38288, 4858], [141239, 285593], [8686, 53565]),
    layer(VGG16, 8, [16, 4608, 512], [20067, 12290], [87140, 196917], [6339, 71013]),
    layer(VGG16, 9, [16, 4608, 512], [25988, 30777], [225843, 745336], [18063, 302761]),
    layer(VGG16, 10, [4, 4608, 512], [7808, 3084], [8721, 24428], [2680, 10345]),
    layer(VGG16, 11, [4, 4608, 512], [4181, 3688], [4148, 11811], [1452, 6976]),
    layer(VGG16, 12, [4, 4608, 512], [5716, 4832], [7505, 24670], [2627, 14140]),
    layer(RESNET19, 1, [256, 576, 128], [18015, 27329], [1042562, 3431763], [90876, 368512]),
    layer(RESNET19, 2, [256, 1152, 128], [25763, 52187], [1390301, 3768016], [102497, 398068]),
    layer(RESNET19, 3, [256, 64, 128], [3259, 3207], [175424, 572233], [15148, 56319]),
    layer(RESNET19, 4, [256, 1152, 128], [31756, 59928], [2158304, 5393427], [147386, 525999]),
    layer(RESNET19, 5, [256, 1152, 128], [27795, 41954], [1538389, 3417895], [96112, 365250]),
    layer(RESNET19, 6, [256, 1152, 128], [26695, 69162], [2387655, 5729270], [139840, 684371]),
    layer(RESNET19, 7, [256, 1152, 128], [20414, 56701], [1531568, 3496891], [90033, 478244]),
    layer(RESNET19, 8, [64, 1152, 256], [17665, 24173], [503941, 1245883], [31516, 194715]),
    layer(RESNET19, 9, [64, 2304, 256], [23487, 42032], [706920, 2029755], [46046, 422320]),
    layer(RESNET19, 10, [64, 128, 256], [5494, 3214], [203917, 564811], [13398, 80827]),
    layer(RESNET19, 11, [64, 2304, 256], [24132, 81063], [1022469, 3443944], [68898, 817343]),
    layer(RESNET19, 12, [64, 2304, 256], [31026, 101367], [1494920, 5546523], [103892, 1634758]),
    layer(RESNET19, 13, [64, 2304, 256], [15168, 104753], [814046, 3135329], [55994, 1029163]),
    layer(RESNET19, 14, [64, 2304, 256], [73608, 119892], [4037375, 15985549], [287965, 5194899]),
    layer(RESNET19, 15, [16, 2304, 512], [10029, 26245], [129176, 488816], [8827, 317161]),
    layer(RESNET19, 16, [16, 4608, 512], [5984, 31395], [46579, 160078], [3981, 118596]),
    layer(RESNET19, 17, [16, 256, 512], [4740, 3487], [64350, 240631], [4114, 78471]),
    layer(RESNET19, 18, [16, 4608, 512], [7691, 32700], [73194, 251956], [5240, 164143]),
    layer(RESNET19, 19, [16, 4608, 512], [12550, 41718], [132661, 474568], [10143, 338732]),
];

const fn layer(
    network: &'static str,
    number: u32,
    [m, k, n]: [usize; 3],
    [weights, neurons]: [usize; 2],
    [matches, spikes]: [u64; 2],
    [loas, sparten]: [u64; 2],
) -> Layer {
    let spikes_per_match = 1000 * spikes / matches;
    Layer { network, number, m, k, n, weights, neurons, spikes_per_match, loas, sparten }
}

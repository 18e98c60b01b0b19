//! Figures of systems.

use crate::support::Workplace;
use serde_json::Value;
use std::fs;

const ALEXNET: [&str; 5] = ["report", "loas", "--network", "alexnet", "--no-synthesis"];

#[test]
fn every_layer_has_its_cycles_beside_the_published_ones() {
    let report = Workplace::new().run(&[&ALEXNET[..], &["--json"]].concat()).succeeded();
    let report: Value = serde_json::from_str(&report).unwrap();
    let layers = report["layers"].as_array().unwrap();
    assert_eq!(layers.iter().map(|layer| &layer["published"]).collect::<Vec<_>>(), [8866, 8724, 17035, 6634]);
    for layer in layers {
        // At most four matches per row and cycle are possible.
        assert!(4 * layer["cycles"].as_u64().unwrap() > layer["limit"].as_u64().unwrap(), "{layer}");
        assert!(layer["sparten"].as_u64() > layer["cycles"].as_u64(), "{layer}");
    }
    assert!(report["structures"].as_array().unwrap().len() > 5, "{report}");
    assert_eq!(report["sparten"], Value::Null);
}

#[test]
fn a_folder_without_the_maps_is_refused() {
    let workplace = Workplace::new();
    let stderr = workplace.run(&[&ALEXNET[..], &["--traces", "maps"]].concat()).refused();
    assert!(stderr.starts_with("error: cannot read spikes from maps/alexnet_layer0"), "{stderr}");
}

#[test]
fn a_map_of_another_shape_is_refused() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path().join("maps")).unwrap();
    // A header of 118 bytes and one spike, as numpy writes them.
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 1, 1, 1), }";
    let mut map = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    map.extend(format!("{header:117}\n\x01").bytes());
    for layer in 1..=4 {
        fs::write(workplace.path().join(format!("maps/alexnet_layer0{layer}.npy")), &map).unwrap();
    }
    let stderr = workplace.run(&[&ALEXNET[..], &["--traces", "maps"]].concat()).refused();
    assert!(stderr.contains("its shape is [1, 1, 1, 1]: expected (4, "), "{stderr}");
}

/// Layers are read in parallel, but the error is always that of the first one at fault.
#[test]
fn the_file_at_fault_is_named() {
    let workplace = Workplace::new();
    fs::create_dir(workplace.path().join("maps")).unwrap();
    // The file of AlexNet's first layer is complete: 4 steps and 64 channels of 8 x 8, all false. The others are
    // truncated.
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (4, 64, 8, 8), }\n";
    let length = (header.len() as u16).to_le_bytes();
    let file = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &[0; 4 * 64 * 8 * 8]].concat();
    for layer in 1..=4 {
        let path = workplace.path().join(format!("maps/alexnet_layer0{layer}.npy"));
        fs::write(path, &file[..file.len() - (layer - 1)]).unwrap();
    }
    for _ in 0..5 {
        let stderr = workplace.run(&[&ALEXNET[..], &["--traces", "maps"]].concat()).refused();
        let expected = "error: cannot read spikes from maps/alexnet_layer02.npy: it is not a complete .npy file: an array of \
                        shape [4, 64, 8, 8] and type '|b1' takes 16384 bytes, but there are 16383\n";
        assert_eq!(stderr, expected);
    }
}

#[test]
fn there_are_only_so_many_systems_and_networks() {
    let workplace = Workplace::new();
    assert!(workplace.run(&["report", "tpu"]).refused().contains("unrecognized subcommand 'tpu'"));
    let stderr = workplace.run(&["report", "loas", "--network", "lenet"]).refused();
    assert!(stderr.contains("[possible values: alexnet, vgg16]"), "{stderr}");
}

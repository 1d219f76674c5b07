//! Configurations as text: what is left out has its default, what is unknown is an error.

use dash_synth::{
    ActivationLaw, NetworkConfig, Output, SimulationConfig, SubnetworkConfig, SystemConfig,
};

#[test]
fn what_is_left_out_has_its_default() {
    assert_eq!(
        toml::from_str::<NetworkConfig>("").unwrap(),
        NetworkConfig::default()
    );
    assert_eq!(
        toml::from_str::<SubnetworkConfig>("").unwrap(),
        SubnetworkConfig::default()
    );
    assert_eq!(
        toml::from_str::<SystemConfig>("").unwrap(),
        SystemConfig::default()
    );
    assert_eq!(
        toml::from_str::<SimulationConfig>("").unwrap(),
        SimulationConfig::default()
    );
    let text = "samples = 3\noutput = \"derivative\"\n[inputs]\ncorrelation = 0.5\n";
    let config: SimulationConfig = toml::from_str(text).unwrap();
    assert_eq!((config.samples, config.output), (3, Output::Derivative));
    assert_eq!(config.inputs.correlation, Some(0.5));
    let config: SystemConfig = toml::from_str("activation = \"linear_like2019\"").unwrap();
    assert_eq!(config.activation, ActivationLaw::LinearLike2019);
}

#[test]
fn what_is_unknown_is_an_error() {
    let message = |error: toml::de::Error| error.to_string();
    let errors = [
        message(toml::from_str::<NetworkConfig>("gene = 3").unwrap_err()),
        message(toml::from_str::<SubnetworkConfig>("gene = 3").unwrap_err()),
        message(toml::from_str::<SystemConfig>("gene = 3").unwrap_err()),
        message(toml::from_str::<SimulationConfig>("gene = 3").unwrap_err()),
        message(toml::from_str::<SimulationConfig>("[inputs]\ngene = 3").unwrap_err()),
    ];
    assert!(
        errors.iter().all(|e| e.contains("unknown field `gene`")),
        "{errors:?}"
    );
}

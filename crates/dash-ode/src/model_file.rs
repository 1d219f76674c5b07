//! Fitted models as safetensors, which PyTorch, JAX and NumPy open.

use std::collections::BTreeMap;

use safetensors::tensor::{Dtype, SafeTensors};
use serde_json::{Map, Value, json};

use crate::{Differentiable, Direct, Error, Parameters, Phoenix, Real, Result, Role};

/// Key of the file's text fields, set by the format.
const METADATA: &str = "__metadata__";

/// A model as the bytes of a safetensors file: one F32 tensor a block, with the block's name; vectors have one
/// dimension. `metadata` are text fields beside them. The same model gives the same bytes.
///
/// # Errors
/// [`Error::ModelFile`] if a text cannot be written as JSON.
///
/// # Examples
/// ```
/// use std::collections::BTreeMap;
/// use dash_ode::{Direct, Initialise, model_from_bytes, model_to_bytes};
///
/// let parameters = Direct::<f32>::new(3)?.initialise(1).cast::<f32>();
/// let metadata = BTreeMap::from([("strategy".to_owned(), "DASH".to_owned())]);
/// let bytes = model_to_bytes(&parameters, &metadata)?;
/// assert_eq!(model_from_bytes(&bytes)?, (parameters, metadata));
/// # Ok::<(), dash_ode::Error>(())
/// ```
pub fn model_to_bytes<T: Real>(
    parameters: &Parameters<T>,
    metadata: &BTreeMap<String, String>,
) -> Result<Vec<u8>> {
    let mut header = Map::new();
    header.insert(METADATA.to_owned(), json!(metadata));
    for block in parameters.layout().blocks() {
        let shape = if block.role == Role::Weights {
            vec![block.rows, block.columns]
        } else {
            vec![block.rows]
        };
        let bytes = [4 * block.range.start, 4 * block.range.end];
        let tensor = json!({ "dtype": "F32", "shape": shape, "data_offsets": bytes });
        header.insert(block.name.to_owned(), tensor);
    }
    // Written here and not by the library, whose text fields come in another order every time.
    let mut header = Value::Object(header).to_string();
    while !header.len().is_multiple_of(8) {
        header.push(' ');
    }
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(header.as_bytes());
    for value in parameters.values() {
        bytes.extend_from_slice(&(value.f64() as f32).to_le_bytes());
    }
    Ok(bytes)
}

/// Reads what [`model_to_bytes`] wrote: a PHOENIX or a direct field, told by the names of its tensors.
///
/// # Errors
/// [`Error::ModelFile`] for bytes that are no safetensors file, tensors of another model, or of another type than F32.
pub fn model_from_bytes(bytes: &[u8]) -> Result<(Parameters<f32>, BTreeMap<String, String>)> {
    let wrong = |reason: String| Error::ModelFile { reason };
    let (_, header) =
        SafeTensors::read_metadata(bytes).map_err(|error| wrong(error.to_string()))?;
    let tensors = SafeTensors::deserialize(bytes).map_err(|error| wrong(error.to_string()))?;
    let shape = |name: &str| tensors.tensor(name).map(|t| t.shape().to_vec()).ok();
    let layout = match (shape("w_sum").as_deref(), shape("gain").is_some()) {
        (Some(&[_, genes]), true) => Direct::<f32>::new(genes)?.layout().clone(),
        (Some(&[hidden, genes]), false) => Phoenix::<f32>::new(genes, hidden)?.layout().clone(),
        _ => return Err(wrong("no matrix w_sum in it".to_owned())),
    };
    let mut parameters = Parameters::zeros(layout.clone());
    for block in layout.blocks() {
        let tensor = tensors
            .tensor(block.name)
            .map_err(|_| wrong(format!("no tensor {} in it", block.name)))?;
        let size = block.rows * block.columns;
        if tensor.dtype() != Dtype::F32 || tensor.data().len() != 4 * size {
            let expected = format!("{} x {} values of type F32", block.rows, block.columns);
            return Err(wrong(format!("tensor {} is not {expected}", block.name)));
        }
        let values = tensor.data().chunks_exact(4);
        let places = &mut parameters.values_mut()[block.range.clone()];
        for (place, bytes) in places.iter_mut().zip(values) {
            *place = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
    }
    let metadata = header.metadata().clone().unwrap_or_default();
    Ok((parameters, metadata.into_iter().collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Initialise;

    #[test]
    fn a_model_reads_back_to_the_same_bits_and_is_written_alike_every_time() {
        let parameters = Phoenix::<f32>::new(7, 3).unwrap().initialise(2).cast();
        let fields = ["genes", "strategy", "config", "a", "b"];
        let metadata = fields
            .map(|key| (key.to_owned(), format!("\"{key}\" ü")))
            .into();
        let bytes = model_to_bytes::<f32>(&parameters, &metadata).unwrap();
        assert_eq!(bytes, model_to_bytes(&parameters, &metadata).unwrap());
        assert_eq!(model_from_bytes(&bytes).unwrap(), (parameters, metadata));
    }

    #[test]
    fn matrices_of_one_column_are_matrices() {
        let direct = Direct::<f32>::new(1).unwrap().initialise(2).cast::<f32>();
        let phoenix = Phoenix::<f32>::new(1, 1).unwrap().initialise(2).cast();
        for parameters in [direct, phoenix] {
            let bytes = model_to_bytes(&parameters, &BTreeMap::new()).unwrap();
            assert_eq!(model_from_bytes(&bytes).unwrap().0, parameters);
        }
    }

    #[test]
    fn other_files_are_refused() {
        let direct = Direct::<f32>::new(2).unwrap().initialise(2).cast::<f32>();
        let bytes = model_to_bytes(&direct, &BTreeMap::new()).unwrap();
        let renamed = String::from_utf8_lossy(&bytes[8..]).into_owned();
        assert!(renamed.contains("\"b_prod\""));
        for bad in [&bytes[..bytes.len() - 4], b"PK\x03\x04", &[]] {
            let error = model_from_bytes(bad).unwrap_err();
            assert!(matches!(error, Error::ModelFile { .. }), "{error}");
        }
    }
}

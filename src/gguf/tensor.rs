//! What a header says of a tensor: its name, form and type, and where its data stands.

use super::bytes::Bytes;
use super::fault::Fault;
use super::tensor_type::TensorType;
use std::io::{BufRead, Seek};

/// The most dimensions of a tensor.
const DIMENSIONS: u32 = 4;
/// The most bytes of a name: those of llama.cpp have 63, those of others some more.
const NAME: u64 = 65_535;
/// The largest file that a system can have.
const LARGEST: u64 = i64::MAX.cast_unsigned();

/// A tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// Its name, such as `blk.0.attn_q.weight`.
    pub name: String,
    /// How long it is in every dimension; the first is the length of a row.
    pub dimensions: Vec<u64>,
    /// How its weights are stored.
    pub tensor_type: &'static TensorType,
    /// Where its data begins, counted from where all data begins.
    pub offset: u64,
    /// How many weights it has.
    pub weights: u64,
    /// How many bytes they take.
    pub bytes: u64,
}

impl Tensor {
    /// The fewest bytes that a tensor takes in the header.
    pub(super) fn least<R: BufRead + Seek>(input: &Bytes<R>) -> u64 {
        // The length of the name, the number of dimensions, type and offset.
        input.count_bytes() + 4 + 4 + 8
    }

    pub(super) fn read<R: BufRead + Seek>(
        input: &mut Bytes<R>,
        alignment: u64,
    ) -> Result<Tensor, Fault> {
        let start = input.at;
        let mut name = Vec::new();
        if input.text(&mut name, NAME, "the name of a tensor")? > NAME {
            let message = format!("the name of a tensor has more than {NAME} bytes");
            return Err(Fault::new(start, message));
        }
        if name.is_empty() {
            return Err(Fault::new(start, "the name of a tensor is empty"));
        }
        let Ok(name) = String::from_utf8(name) else {
            return Err(Fault::new(start, "the name of a tensor is no UTF-8"));
        };
        let at = input.at;
        let count = input.u32("the number of dimensions")?;
        if count > DIMENSIONS {
            return Err(Fault::new(
                at,
                format!(
                    "tensor `{name}` claims {count} dimensions; there are {DIMENSIONS} at most"
                ),
            ));
        }
        let form = input.at;
        let mut dimensions = Vec::new();
        for _ in 0..count {
            dimensions.push(input.count("the dimensions of a tensor")?);
        }
        let at = input.at;
        let number = input.u32("the type of a tensor")?;
        let Some(tensor_type) = TensorType::find(number) else {
            return Err(Fault::new(
                at,
                format!("tensor `{name}` has the type {number}, which does not exist"),
            ));
        };
        let overflow = || {
            Fault::new(
                form,
                format!("tensor `{name}` has too many weights to count"),
            )
        };
        // A length of 0 hides no product that is too large.
        let product = |lengths: &[u64]| {
            let mut lengths = lengths.iter();
            lengths.try_fold(1u64, |product, length| product.checked_mul(*length))
        };
        let nonzero: Vec<u64> = dimensions
            .iter()
            .copied()
            .filter(|length| *length > 0)
            .collect();
        let most = product(&nonzero).filter(|product| *product <= LARGEST);
        most.ok_or_else(overflow)?;
        let weights = product(&dimensions).ok_or_else(overflow)?;
        let row = dimensions.first().copied().unwrap_or(1);
        if !row.is_multiple_of(tensor_type.weights) {
            let (own, block) = (tensor_type.name, tensor_type.weights);
            return Err(Fault::new(
                form,
                format!(
                    "tensor `{name}` has rows of {row} weights, which are no blocks of {block} ({own})"
                ),
            ));
        }
        let bytes = (weights / tensor_type.weights).checked_mul(tensor_type.bytes);
        let bytes = bytes.ok_or_else(overflow)?;
        let at = input.at;
        let offset = input.u64("the offset of a tensor")?;
        if !offset.is_multiple_of(alignment) {
            return Err(Fault::new(
                at,
                format!("tensor `{name}` begins at {offset}, no multiple of {alignment}"),
            ));
        }
        if offset.checked_add(bytes).is_none_or(|end| end > LARGEST) {
            return Err(Fault::new(
                at,
                format!("tensor `{name}` ends behind any file"),
            ));
        }
        Ok(Tensor {
            name,
            dimensions,
            tensor_type,
            offset,
            weights,
            bytes,
        })
    }

    /// The length of a row.
    pub fn row(&self) -> u64 {
        self.dimensions.first().copied().unwrap_or(1)
    }
}

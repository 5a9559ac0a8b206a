//! The page of products: what is shown, and each change saved as it is made.
//!
//! The list is sorted and filtered once for each question, in the background when it is long, and kept in an
//! `Arc`. Undo and redo are those of the store: they hold across pages, people and restarts.

mod fields;
pub(crate) mod files;
pub(crate) mod import;

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    app::office::{Desk, Office, PageDesk, album, prices::local_time},
    domain::{
        catalog::Catalog, codes::Sku, product::Product, product_list, shelf_label::Content,
        staff::Permission, tax::TaxRate,
    },
    frame::picture,
    store::{
        Store, audit::By, edits::ProductEdit, error::StoreError, prices::PriceEntry, products::ClassLink,
    },
    ui::{
        office::products::{DetailsView, Listing, PricePoint, ProductField, ProductsCommand, ProductsView},
        pictures::Pictures,
        view::Photo,
        words::{PricesWord, ProductsWord, parse_money},
    },
};
use import::Import;

/// So many products are sorted at once; more are sorted in the background.
const AT_ONCE: usize = 2_000;

/// The page's memory.
#[derive(Debug, Default)]
pub struct ProductsPage {
    listing: Listing,
    rows: Arc<Vec<Arc<Product>>>,
    /// Which question the rows are the answer to; an older answer is dropped.
    asked: u64,
    departments: Arc<Vec<String>>,
    taxes: Arc<Vec<String>>,
    rates: Vec<TaxRate>,
    chosen: Option<Chosen>,
    import: Option<Import>,
    refused: Option<(ProductField, String)>,
    saved: u64,
    undo: (bool, bool),
}

/// What was read of the chosen product.
#[derive(Debug)]
struct Chosen {
    sku: Sku,
    content: Option<Content>,
    picture: Option<Photo>,
    /// Whether the picture is the shop's, and not one that came with the program.
    has_own_picture: bool,
    classes: Arc<Vec<String>>,
    history: Arc<Vec<PricePoint>>,
}

/// Something was saved: the lane and the list get the new catalog.
fn saved(office: &mut Office, desk: &mut Desk) {
    office.products.saved += 1;
    office.products.refused = None;
    desk.reload_catalog();
    read_undo(desk);
    if let Some(chosen) = &office.products.chosen {
        read_details(chosen.sku.clone(), desk);
    }
}

fn read_undo(desk: &mut Desk) {
    desk.read(
        |store| Ok((store.undoable()?.is_some(), store.redoable()?.is_some())),
        |office, _, undo| office.products.undo = undo,
    );
}

/// An edit that changes prices is turned back, or made again, by those only who may set them.
fn priced(store: &Store, edit: Option<ProductEdit>, (name, _): By<'_>) -> Result<(), StoreError> {
    if edit.is_some_and(|edit| edit.changes_prices) {
        store.authorise(name, Permission::SetPrices)?;
    }
    Ok(())
}

type Details = (Vec<PriceEntry>, Option<Content>, Vec<ClassLink>);

fn details_of(store: &Store, sku: &Sku) -> Result<Details, StoreError> {
    Ok((store.price_history(sku)?, store.content(sku)?, store.classes()?))
}

fn read_details(sku: Sku, desk: &mut Desk) {
    let of = sku.clone();
    desk.read(
        move |store| details_of(store, &of),
        move |office, desk, (prices, content, classes)| {
            let Some(chosen) = office.products.chosen.as_mut().filter(|chosen| chosen.sku == sku) else {
                return;
            };
            chosen.content = content;
            chosen.classes = Arc::new(classes.into_iter().map(|class| class.name).collect());
            let points = prices.into_iter().map(|entry| PricePoint {
                from_ms: entry.effective_from.0,
                from: desk.date_and_clock(entry.effective_from),
                price: entry.price,
                planned: entry.effective_from > desk.now(),
            });
            chosen.history = Arc::new(points.collect());
        },
    );
}

/// Reads the picture of a product and decodes it in the background.
fn read_picture(sku: Sku, desk: &mut Desk) {
    let of = sku.clone();
    desk.read(
        move |store| store.picture(&of),
        move |office, desk, found| {
            let mine = |office: &Office| {
                office
                    .products
                    .chosen
                    .as_ref()
                    .is_some_and(|chosen| chosen.sku == sku)
            };
            let Some(found) = found else {
                if let Some(chosen) = office.products.chosen.as_mut().filter(|chosen| chosen.sku == sku) {
                    // Without one of its own a product has what the lane shows.
                    let product = desk.catalog().by_sku(&sku);
                    let class = product.and_then(|product| product.class.as_deref());
                    let bundled = &office.album.pictures().bundled;
                    chosen.picture = class.and_then(|class| bundled.get(class)).cloned();
                    chosen.has_own_picture = false;
                }
                return;
            };
            if !mine(office) {
                return;
            }
            // The same picture has the same texture, another one another.
            let key = format!("picture {sku} {}", desk.now().0);
            let name = sku.to_string();
            let decode = move || picture::decode(&found.jpeg, &name).ok();
            desk.work("pictures", decode, move |office, _, done| {
                let pixels = done.ok().flatten();
                let chosen = office.products.chosen.as_mut();
                if let (Some(pixels), Some(chosen)) = (pixels, chosen.filter(|chosen| chosen.sku == sku)) {
                    chosen.has_own_picture = true;
                    chosen.picture = Some(Photo {
                        key,
                        pixels: Arc::new(pixels),
                    });
                }
            });
        },
    );
}

impl ProductsPage {
    /// Sorts and filters the list anew.
    fn refresh(&mut self, desk: &mut Desk) {
        self.asked += 1;
        let asked = self.asked;
        let catalog = Arc::clone(desk.catalog());
        let listing = self.listing.clone();
        if catalog.products().len() <= AT_ONCE {
            self.show(asked, listed(&catalog, &listing));
        } else {
            desk.work(
                "products",
                move || listed(&catalog, &listing),
                move |office, _, done| {
                    if let Ok(found) = done {
                        office.products.show(asked, found);
                    }
                },
            );
        }
    }

    fn show(&mut self, asked: u64, found: Found) {
        if asked == self.asked {
            self.rows = found.rows;
            self.departments = found.departments;
            self.taxes = Arc::new(found.rates.iter().map(|rate| rate.id().to_owned()).collect());
            self.rates = found.rates;
        }
    }

    fn choose(&mut self, sku: Option<Sku>, desk: &mut Desk) {
        self.refused = None;
        self.chosen = sku.map(|sku| {
            read_details(sku.clone(), desk);
            read_picture(sku.clone(), desk);
            Chosen {
                sku,
                content: None,
                picture: None,
                has_own_picture: false,
                classes: Arc::default(),
                history: Arc::default(),
            }
        });
    }

    /// Writes a product with a change.
    fn put(product: Product, permission: Permission, desk: &mut Desk) {
        desk.change(
            permission,
            move |store, by| store.put_product(&product, by.0, by.1),
            |office, desk, _| saved(office, desk),
        );
    }

    fn set(&mut self, sku: &Sku, (field, text): (ProductField, &str), desk: &mut Desk) {
        let Some(product) = desk.catalog().by_sku(sku).cloned() else {
            return;
        };
        if field == ProductField::Content {
            self.set_content(sku.clone(), text, desk);
            return;
        }
        match fields::changed(&product, (field, text), &self.rates, desk.words()) {
            Ok(changed) if changed == *product => self.refused = None,
            Ok(changed) => {
                let permission = if changed.price == product.price {
                    Permission::EditProducts
                } else {
                    Permission::SetPrices
                };
                Self::put(changed, permission, desk);
            }
            Err(sentence) => self.refused = Some((field, sentence)),
        }
    }

    fn set_content(&mut self, sku: Sku, text: &str, desk: &mut Desk) {
        match fields::content(text, desk.words()) {
            Ok(content) => desk.change(
                Permission::EditProducts,
                move |store, by| store.set_content(&sku, content, by),
                |office, desk, ()| saved(office, desk),
            ),
            Err(sentence) => self.refused = Some((ProductField::Content, sentence)),
        }
    }

    fn create(&mut self, texts: (&str, &str, &str, &str), desk: &mut Desk) {
        let department = texts.2.trim();
        let catalog = Arc::clone(desk.catalog());
        let sibling = catalog
            .products()
            .iter()
            .find(|product| product.department == department);
        let tax = sibling.map(|product| product.tax.clone());
        let Some(tax) = tax.or_else(|| self.rates.first().cloned()).or_else(no_tax) else {
            return;
        };
        let product = match fields::new_product(texts, tax, desk.currency(), desk.words()) {
            Ok(product) => product,
            Err(refused) => {
                self.refused = Some(refused);
                return;
            }
        };
        if catalog.by_sku(&product.sku).is_some() {
            let words = desk.words();
            let sentence = words.say(ProductsWord::SkuTaken);
            self.refused = Some((ProductField::Sku, sentence));
            return;
        }
        if !desk.check(Permission::SetPrices) {
            return;
        }
        let sku = product.sku.clone();
        desk.change(
            Permission::EditProducts,
            move |store, by| store.put_product(&product, by.0, by.1),
            move |office, desk, _| {
                office.products.choose(Some(sku), desk);
                saved(office, desk);
            },
        );
    }

    fn plan(&mut self, sku: Sku, (price, from): (&str, &str), desk: &mut Desk) {
        let words = desk.words();
        let at = local_time(from, desk.utc_offset_ms()).filter(|at| *at > desk.now());
        let price = parse_money(price, desk.currency(), desk.lang());
        let refused = match (at, price) {
            (None, _) => words.say(PricesWord::FromBad),
            (Some(_), None) => words.say(ProductsWord::PlanPriceBad),
            (Some(at), Some(price)) => {
                desk.change(
                    Permission::SetPrices,
                    move |store, by| store.set_price(&sku, price, at, by),
                    |office, desk, ()| saved(office, desk),
                );
                return;
            }
        };
        self.refused = Some((ProductField::Planned, refused));
    }

    fn details(&self, desk: &Desk) -> Option<DetailsView> {
        let chosen = self.chosen.as_ref()?;
        Some(DetailsView {
            product: Arc::clone(desk.catalog().by_sku(&chosen.sku)?),
            picture: chosen.picture.clone(),
            has_own_picture: chosen.has_own_picture,
            content: fields::content_text(chosen.content),
            classes: Arc::clone(&chosen.classes),
            history: Arc::clone(&chosen.history),
        })
    }

    fn edit(&mut self, sku: &Sku, change: impl FnOnce(&mut Product), desk: &mut Desk) {
        if let Some(product) = desk.catalog().by_sku(sku) {
            let mut product = Product::clone(product);
            change(&mut product);
            self.refused = None;
            Self::put(product, Permission::EditProducts, desk);
        }
    }
}

/// Without any product there is no rate to take over: none is the one that takes nothing.
fn no_tax() -> Option<TaxRate> {
    TaxRate::new("none", 0).ok()
}

/// What a question for the list found.
struct Found {
    rows: Arc<Vec<Arc<Product>>>,
    departments: Arc<Vec<String>>,
    rates: Vec<TaxRate>,
}

fn listed(catalog: &Catalog, listing: &Listing) -> Found {
    let rates: BTreeSet<&TaxRate> = catalog.products().iter().map(|product| &product.tax).collect();
    Found {
        rows: Arc::new(product_list::list(
            catalog,
            &listing.filter,
            listing.by,
            listing.direction,
        )),
        departments: Arc::new(product_list::departments(catalog)),
        rates: rates.into_iter().cloned().collect(),
    }
}

impl PageDesk for ProductsPage {
    type Command = ProductsCommand;
    type View = ProductsView;

    fn opened(&mut self, desk: &mut Desk) {
        self.refresh(desk);
        read_undo(desk);
    }

    fn catalog_changed(&mut self, desk: &mut Desk) {
        // While nobody is there the list is made when the page is opened.
        if desk.signed_on().is_some() {
            self.refresh(desk);
        }
    }

    fn view(&self, desk: &Desk) -> ProductsView {
        ProductsView {
            rows: Arc::clone(&self.rows),
            total: desk.catalog().products().len(),
            listing: self.listing.clone(),
            departments: Arc::clone(&self.departments),
            taxes: Arc::clone(&self.taxes),
            details: self.details(desk),
            may_edit: desk.may(Permission::EditProducts),
            may_price: desk.may(Permission::SetPrices),
            import: self.import.as_ref().map(|import| import.view.clone()),
            refused: self.refused.clone(),
            saved: self.saved,
            // The album has them.
            pictures: Pictures::default(),
        }
    }

    fn apply(&mut self, command: ProductsCommand, desk: &mut Desk) {
        match command {
            ProductsCommand::List(listing) => {
                self.listing = listing;
                self.refresh(desk);
            }
            ProductsCommand::Choose(sku) => self.choose(sku, desk),
            ProductsCommand::SetPrice { sku, price } => {
                let before = desk.catalog().by_sku(&sku).map(|product| product.price);
                if before.is_some_and(|before| before != price) {
                    desk.change(
                        Permission::SetPrices,
                        move |store, by| store.set_price(&sku, price, by.1, by),
                        |office, desk, ()| saved(office, desk),
                    );
                }
            }
            ProductsCommand::Set { sku, field, text } => self.set(&sku, (field, &text), desk),
            ProductsCommand::SetActive { sku, active } => {
                self.edit(&sku, |product| product.active = active, desk);
            }
            ProductsCommand::SetUnit { sku, unit } => self.edit(&sku, |product| product.unit = unit, desk),
            ProductsCommand::Create {
                sku,
                name,
                department,
                price,
            } => self.create((&sku, &name, &department, &price), desk),
            ProductsCommand::PlanPrice { sku, price, from } => self.plan(sku, (&price, &from), desk),
            ProductsCommand::ChoosePicture(sku) => files::choose_picture(sku, desk),
            ProductsCommand::RemovePicture(sku) => {
                let of = sku.clone();
                desk.change(
                    Permission::EditProducts,
                    move |store, by| store.remove_picture(&of, by),
                    move |_, desk, ()| {
                        album::read_one(sku.clone(), desk);
                        read_picture(sku, desk);
                    },
                );
            }
            ProductsCommand::Import => import::ask(desk),
            ProductsCommand::ApplyImport => {
                if let Some(import) = self.import.take() {
                    import::apply(import, desk);
                }
            }
            ProductsCommand::CancelImport => self.import = None,
            ProductsCommand::Export => files::export(Arc::clone(&self.rows), desk),
            ProductsCommand::Labels(None) => files::labels(self.rows.to_vec(), desk),
            ProductsCommand::Labels(Some(sku)) => {
                let one = desk.catalog().by_sku(&sku).cloned();
                files::labels(one.into_iter().collect(), desk);
            }
        }
    }

    fn can_undo(&self) -> bool {
        self.undo.0
    }

    fn can_redo(&self) -> bool {
        self.undo.1
    }

    fn undo(&mut self, desk: &mut Desk) {
        desk.change(
            Permission::EditProducts,
            |store, by| {
                priced(store, store.undoable()?, by)?;
                store.undo_products(by)
            },
            |office, desk, _| saved(office, desk),
        );
    }

    fn redo(&mut self, desk: &mut Desk) {
        desk.change(
            Permission::EditProducts,
            |store, by| {
                priced(store, store.redoable()?, by)?;
                store.redo_products(by)
            },
            |office, desk, _| saved(office, desk),
        );
    }
}
